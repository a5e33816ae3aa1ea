// Asks once more before a form with consequences is sent. Without scripts the form is sent as it is.
class ConfirmForm extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const dialog = this.querySelector("dialog");
    if (!form || !dialog) return;
    form.addEventListener(
      "submit",
      (event) => {
        if (this.agreed) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        this.submitter = event.submitter;
        dialog.showModal();
      },
      { capture: true },
    );
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      this.agreed = true;
      form.requestSubmit(this.submitter);
      this.agreed = false;
      dialog.returnValue = "";
    });
  }
}
customElements.define("confirm-form", ConfirmForm);
