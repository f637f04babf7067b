// Search runs in a worker, and a browser starts none from a file: there an iframe does its work, so
// that the pages can be read and searched from a folder.
if (location.protocol === "file:") {
  window.Worker = window.IFrameWorker = class extends EventTarget {
    #loaded;
    #window;

    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.documentElement.append(frame);
      const inner = (this.#window = frame.contentWindow);
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const load = (src) =>
        new Promise((done, failed) => {
          const script = inner.document.createElement("script");
          Object.assign(script, { src, onload: done, onerror: failed });
          inner.document.body.append(script);
        });
      inner.importScripts = (...more) =>
        more.reduce((before, one) => before.then(() => load(one)), Promise.resolve());
      this.#loaded = load(new URL(url, location));
    }

    postMessage(data) {
      this.#loaded.then(() => this.#window.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.#window.frameElement.remove();
    }
  };
}
