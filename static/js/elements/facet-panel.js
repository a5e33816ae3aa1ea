// Filters are applied as soon as one is ticked; without scripts the Apply button does it.
class FacetPanel extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const frame = this.querySelector(":scope > details");
    const wide = window.matchMedia("(min-width: 60.01rem)");
    const fit = () => {
      if (frame && wide.matches) frame.open = true;
    };
    fit();
    wide.addEventListener("change", fit);
    form?.addEventListener("change", (event) => {
      if (event.target.type === "checkbox" || event.target.type === "radio") form.requestSubmit();
    });
    form?.addEventListener("submit", () => {
      for (const input of form.querySelectorAll("input:not([type=checkbox])")) input.disabled = input.value === "";
      setTimeout(() => {
        for (const input of form.querySelectorAll("input:disabled")) input.disabled = false;
      });
    });
  }
}
customElements.define("facet-panel", FacetPanel);
