// Copies the text of the field beside it.
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button?.addEventListener("click", async () => {
      const source = document.getElementById(this.dataset.from);
      await navigator.clipboard.writeText((source?.value ?? source?.textContent ?? this.dataset.text ?? "").trim());
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: this.dataset.done ?? "Copied" } }));
    });
  }
}
customElements.define("copy-button", CopyButton);
