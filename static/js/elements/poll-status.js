// Asks for a fragment every few seconds while the page is seen; 304 changes nothing, 286 ends it.
class PollStatus extends HTMLElement {
  connectedCallback() {
    this.seconds = Number(this.dataset.seconds || 4);
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  wait() {
    this.timer = setTimeout(() => this.ask(), this.seconds * 1000);
  }

  async ask() {
    if (document.hidden || !this.isConnected) {
      this.wait();
      return;
    }
    try {
      const headers = { "HX-Request": "true", "X-Poll": "true" };
      if (this.etag) headers["If-None-Match"] = this.etag;
      const answer = await fetch(this.dataset.url, { headers, credentials: "same-origin" });
      if (answer.ok || answer.status === 286) {
        this.etag = answer.headers.get("ETag");
        this.innerHTML = await answer.text();
        this.dispatchEvent(new CustomEvent("poll:changed", { bubbles: true }));
      }
      if (answer.status === 286 || answer.status === 404 || answer.status === 403) return;
    } catch {
      // The next round tries again; a lost connection is no reason to stop.
    }
    this.wait();
  }
}
customElements.define("poll-status", PollStatus);
