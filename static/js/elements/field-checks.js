// Says what is wrong with a field as soon as it is left, in the words the store would use itself. What is shown waits
// until a press has ended, so that nothing moves away under the pointer.
class FieldChecks extends HTMLElement {
  connectedCallback() {
    this.template = this.querySelector("template");
    this.left = new Set();
    this.addEventListener("pointerdown", () => { this.isPressed = true; });
    this.released = () => setTimeout(() => {
      this.isPressed = false;
      this.show();
    });
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, this.released);
    this.addEventListener("focusout", (event) => {
      if (!event.target.matches("[data-required], [data-invalid]")) return;
      this.left.add(event.target);
      setTimeout(() => this.show());
    });
    this.addEventListener("input", (event) => {
      if (event.target.getAttribute("aria-invalid") === "true" && !this.problem(event.target)) this.mark(event.target, "");
    });
  }

  disconnectedCallback() {
    for (const end of ["pointerup", "pointercancel"]) document.removeEventListener(end, this.released);
  }

  show() {
    if (this.isPressed) return;
    for (const field of this.left) if (field.isConnected) this.mark(field, this.problem(field));
    this.left.clear();
  }

  problem(field) {
    if (!field.value.trim()) return field.dataset.required ?? "";
    const { typeMismatch, patternMismatch } = field.validity;
    return typeMismatch || patternMismatch ? (field.dataset.invalid ?? "") : "";
  }

  mark(field, words) {
    const id = `${field.id}_error`;
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((name) => name && name !== id);
    document.getElementById(id)?.remove();
    if (words) {
      const note = this.template.content.firstElementChild.cloneNode(true);
      note.id = id;
      note.querySelector("span").textContent = words;
      field.closest(".field").append(note);
      field.setAttribute("aria-invalid", "true");
      others.push(id);
    } else field.removeAttribute("aria-invalid");
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
  }
}
customElements.define("field-checks", FieldChecks);
