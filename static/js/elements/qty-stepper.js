// Minus and plus beside a number field. Without scripts the field alone remains.
class QtyStepper extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (!this.input) return;
    this.setAttribute("ready", "");
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-step]");
      if (button) this.step(Number(button.dataset.step));
    });
    this.input.addEventListener("input", () => this.mark());
    this.mark();
  }

  bounds() {
    return [Number(this.input.min || 1), Number(this.input.max || Infinity)];
  }

  step(by) {
    const [least, most] = this.bounds();
    const wanted = Math.min(most, Math.max(least, (Number(this.input.value) || least) + by));
    if (String(wanted) === this.input.value) return;
    this.input.value = wanted;
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  mark() {
    const [least, most] = this.bounds();
    const now = Number(this.input.value);
    const [minus, plus] = this.querySelectorAll("button[data-step]");
    if (minus) minus.disabled = now <= least;
    if (plus) plus.disabled = now >= most;
  }
}
customElements.define("qty-stepper", QtyStepper);
