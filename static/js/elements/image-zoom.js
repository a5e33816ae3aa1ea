// Thumbnails change the picture in place; a press on it opens it large. Without scripts all pictures are links.
class ImageZoom extends HTMLElement {
  connectedCallback() {
    this.slides = [...this.querySelectorAll("[data-slide]")];
    this.thumbs = [...this.querySelectorAll("[data-thumb]")];
    this.dialog = this.querySelector("dialog");
    if (!this.slides.length) return;
    this.dialog?.querySelector("img").addEventListener("click", (event) => event.target.classList.toggle("is-large"));
    this.setAttribute("ready", "");
    this.show(0);
    this.addEventListener("click", (event) => {
      const thumb = event.target.closest("[data-thumb]");
      const opener = event.target.closest("[data-slide], .gallery__zoom");
      if (!thumb && !opener) return;
      event.preventDefault();
      if (thumb) this.show(this.thumbs.indexOf(thumb));
      else this.zoom();
    });
    this.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step || !event.target.closest("[data-thumb]")) return;
      event.preventDefault();
      this.show((this.at + step + this.slides.length) % this.slides.length);
      this.thumbs[this.at].focus();
    });
  }

  show(at) {
    this.at = at;
    this.slides.forEach((slide, place) => { slide.hidden = place !== at; });
    this.thumbs.forEach((thumb, place) => {
      if (place === at) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    });
  }

  zoom() {
    if (!this.dialog) return;
    const slide = this.slides[this.at];
    const large = this.dialog.querySelector("img");
    large.src = slide.href;
    large.classList.remove("is-large");
    large.alt = slide.querySelector("img").alt;
    this.dialog.showModal();
  }
}
customElements.define("image-zoom", ImageZoom);
