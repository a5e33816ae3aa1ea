// Suggestions while typing: arrows move, Enter opens, Escape closes, the count is announced.
class SearchBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=search]");
    this.list = this.querySelector("[data-suggestions]");
    this.status = this.querySelector("[data-status]");
    if (!this.input || !this.list) return;
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("focus", () => {
      if (this.list.children.length) this.list.hidden = false;
    });
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.close();
    });
  }

  later() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const text = this.input.value.trim();
    this.list.setAttribute("aria-busy", "true"); // what is shown belongs to what was there before
    if (text.length < 2) {
      this.close();
      this.list.replaceChildren();
      return;
    }
    this.timer = setTimeout(() => this.ask(text), 160);
  }

  async ask(text) {
    this.asking = new AbortController();
    try {
      const url = `${this.dataset.url}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(url, { signal: this.asking.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      this.list.innerHTML = await answer.text();
      this.list.removeAttribute("aria-busy");
    } catch {
      return;
    }
    const count = this.options().length;
    this.list.hidden = count === 0;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    if (this.status) this.status.textContent = count === 1 ? "1 suggestion" : `${count} suggestions`;
  }

  options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  onKey(event) {
    const options = this.list.hidden ? [] : this.options();
    if (event.key === "Escape" && options.length) {
      event.preventDefault();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + step + options.length + (this.active < 0 && step < 0 ? 1 : 0)) % options.length;
      options.forEach((option, at) => {
        option.setAttribute("aria-selected", String(at === this.active));
        if (at === this.active) {
          this.input.setAttribute("aria-activedescendant", option.id);
          option.scrollIntoView({ block: "nearest" });
        }
      });
    } else if (event.key === "Enter" && options[this.active]) {
      event.preventDefault();
      window.location.assign(options[this.active].href);
    }
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
  }
}
customElements.define("search-box", SearchBox);
