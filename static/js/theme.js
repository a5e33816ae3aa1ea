// Runs before the first paint, so a stored choice never flashes. Not a module: those wait.
(() => {
  try {
    const stored = localStorage.getItem("theme");
    if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
  } catch {
    // Storage may be switched off; the system's choice then holds.
  }
})();
