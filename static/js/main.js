// Small things that belong to the page as a whole. The elements register themselves.
document.documentElement.dataset.scripts = "on";

// A form is sent once: a second press while the answer is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

// Coming back by the back button must find the forms usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

// One open menu at a time: a press elsewhere or Escape closes it.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  closeMenus();
  open?.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close-dialog]");
  if (closer) closer.closest("dialog")?.close();
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
});

// Failures of partial pages become a message instead of silence.
const tell = (text, kind = "bad") => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
document.addEventListener("htmx:sendError", () => tell("The store could not be reached. Please try again."));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 429) tell("Too many requests. Please wait a moment.");
  else if (status >= 500) tell("Something went wrong on our side. Please try again.");
  else window.location.assign(event.detail.pathInfo.requestPath);
});

// A part that is drawn again keeps what somebody filled in since it was asked for; where they stand in a field and
// have not begun, the proposal is selected, so that typing replaces it.
const filled = (part) => new Map([...part.querySelectorAll("input[type=text][id], select[id]")].map((field) => [field.id, field.value]));
const asked = new WeakMap();
let kept = new Map();
document.addEventListener("htmx:beforeRequest", (event) => asked.set(event.detail.xhr, filled(event.detail.target)));
document.addEventListener("htmx:beforeSwap", (event) => {
  const before = asked.get(event.detail.xhr) ?? new Map();
  kept = new Map([...filled(event.detail.target)].filter(([id, value]) => before.has(id) && before.get(id) !== value));
});
document.addEventListener("htmx:afterSwap", (event) => {
  for (const [id, value] of kept) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  const field = document.activeElement;
  if (field?.id && !kept.has(field.id) && event.detail.target.contains(field) && field.matches("input[type=text]")) field.select();
  kept = new Map();
});
