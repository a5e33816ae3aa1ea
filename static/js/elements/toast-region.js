// Short messages at the foot of the page. They never take the focus; bad news stays until closed.
class ToastRegion extends HTMLElement {
  connectedCallback() {
    const show = (event) => this.show(event.detail);
    document.addEventListener("toast", show);
  }

  show({ text, kind = "info", value, undo }) {
    const message = text ?? value;
    if (!message) return;
    const toast = document.createElement("div");
    toast.className = `toast toast--${kind}`;
    const words = document.createElement("span");
    words.textContent = message;
    toast.append(words);
    if (undo) {
      const link = document.createElement("a");
      link.href = undo.url;
      link.textContent = undo.label;
      toast.append(link);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast__close";
    close.setAttribute("aria-label", this.dataset.closeLabel ?? "Close");
    close.textContent = "×";
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    this.append(toast);
    if (kind !== "bad") setTimeout(() => toast.remove(), 7000);
  }
}
customElements.define("toast-region", ToastRegion);
