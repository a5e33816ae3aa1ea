// System, light or dark. The choice is kept in this browser only.
class ThemeToggle extends HTMLElement {
  connectedCallback() {
    this.setAttribute("ready", "");
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      ThemeToggle.choose(button.dataset.theme ?? ThemeToggle.next());
    });
    document.addEventListener("theme:changed", () => this.mark());
    this.mark();
  }

  static now() {
    return document.documentElement.dataset.theme ?? "system";
  }

  static next() {
    const isDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const shown = ThemeToggle.now() === "system" ? (isDark ? "dark" : "light") : ThemeToggle.now();
    return shown === "dark" ? "light" : "dark";
  }

  static choose(theme) {
    const root = document.documentElement;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      if (theme === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // Without storage the choice lasts for this page.
    }
    document.dispatchEvent(new Event("theme:changed"));
  }

  mark() {
    for (const button of this.querySelectorAll("button[data-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.theme === ThemeToggle.now()));
  }
}
customElements.define("theme-toggle", ThemeToggle);
