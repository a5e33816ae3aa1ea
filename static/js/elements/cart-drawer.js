// Opens when something was added: focus moves in, Escape closes, focus goes back to the button pressed.
class CartDrawer extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.body = this.querySelector("[data-cart-body]");
    this.addEventListener("htmx:afterSwap", () => {
      if (!this.dialog.open && this.body.childElementCount) this.dialog.showModal();
    });
    document.addEventListener("cart:changed", (event) => this.count(event.detail));
    this.dialog?.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  count({ count }) {
    for (const badge of document.querySelectorAll("[data-cart-count]")) {
      badge.textContent = count;
      badge.dataset.count = count;
    }
  }
}
customElements.define("cart-drawer", CartDrawer);
