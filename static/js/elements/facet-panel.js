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
    // Open stays open while filters are ticked, although the panel is drawn anew each time.
    if (frame && FacetPanel.wasOpen) frame.open = true;
    frame?.addEventListener("toggle", () => {
      FacetPanel.wasOpen = frame.open;
    });
    if (!form) return;
    this.onChange = (event) => {
      if (event.target.form === form && event.target.matches("[type=checkbox], select")) form.requestSubmit();
    };
    document.addEventListener("change", this.onChange);
    form.addEventListener("submit", () => {
      // Fields that say nothing stay out of the address, so that it is short enough to share.
      const silent = [...form.elements].filter((input) => input.value === (input.dataset.default ?? ""));
      for (const input of silent) input.disabled = input.type !== "submit";
      setTimeout(() => {
        for (const input of silent) input.disabled = false;
      });
    });
  }

  disconnectedCallback() {
    document.removeEventListener("change", this.onChange);
  }
}
customElements.define("facet-panel", FacetPanel);
