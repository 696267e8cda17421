// Addresses longer than this may not get through; such a query is posted, and has no link.
const LONGEST = 8000;

// Asks with a form's fields and puts the answer, which the server has made a page of, in the place of the last one.
export class Answers {
  #form;
  #running;

  constructor(form, { place, status, cancel }) {
    this.#form = form;
    this.place = place;
    this.status = status;
    this.cancel = cancel;
    cancel.addEventListener("click", () => this.#running?.abort());
  }

  // The answer is of the query in the form; its address is that of a page, so that it can be shared.
  async ask() {
    const fields = new URLSearchParams([...new FormData(this.#form)].filter(([, value]) => value));
    const address = new URL(this.#form.action);
    address.search = fields;
    if (address.href.length > LONGEST) return this.#show(this.#form.action, { method: "POST", body: fields });
    return this.follow(address.href);
  }

  async follow(address, { keep = true } = {}) {
    const page = await this.#show(address, {});
    if (page && keep && address !== location.href) history.pushState(null, "", address);
    return page;
  }

  async #show(address, options) {
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    const began = performance.now();
    this.#wait(true);
    this.status.textContent = this.#form.dataset.running;
    try {
      const response = await fetch(address, { ...options, headers: { Accept: "text/html" }, signal: running.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const found = page.querySelector("#answer") ?? page.querySelector("main");
      this.place.replaceChildren(...found.childNodes);
      const seconds = ((performance.now() - began) / 1000).toFixed(2);
      this.status.textContent = this.#form.dataset.done.replace("SECONDS", seconds);
      return page;
    } catch (error) {
      if (this.#running !== running) return undefined;
      const cancelled = error.name === "AbortError";
      this.status.textContent = cancelled ? this.#form.dataset.cancelled : this.#form.dataset.unreachable;
      return undefined;
    } finally {
      if (this.#running === running) this.#wait(false);
    }
  }

  #wait(busy) {
    this.cancel.hidden = !busy;
    this.place.setAttribute("aria-busy", busy);
  }
}
