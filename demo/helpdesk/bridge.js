/** Connects this page with the panel in its frame, as the extension's content script does with the side panel. */

import { demo } from "/demo/hosts/demo.js";
import { observe } from "/demo/lib/observe.js";

/** @param {HTMLIFrameElement} frame */
export function connectPanel(frame) {
  const read = () => demo.readTicket(location, document);
  let ready = false;

  /** @param {object} message */
  const post = (message) => frame.contentWindow?.postMessage(message, location.origin);
  const tell = () => ready && post({ type: "ticket", open: read() });

  window.addEventListener("message", async ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== location.origin) return;
    if (data?.type === "ready") {
      ready = true;
      tell();
    }
    if (data?.type === "insert") {
      const same = read()?.key === data.key;
      const result = same ? await demo.insert(String(data.text), document) : { ok: false, reason: "changed" };
      post({ type: "inserted", id: data.id, result });
    }
  });
  observe({ read, onChange: tell, attributes: demo.attributes, signal: new AbortController().signal });
  // The frame may have been ready before anybody listened.
  post({ type: "hello" });
}
