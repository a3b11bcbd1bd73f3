/** Runs in the helpdesk's page: tells the worker which ticket is open and puts text into the composer. */

import { hostFor } from "../hosts/registry.js";
import { alive, onMessage, send } from "../lib/chrome.js";
import { observe } from "../lib/observe.js";

/** @typedef {import("../lib/types.js").OpenTicket} OpenTicket */

let started = false;

/** Starts once per life of the extension in this page; a page that is no helpdesk is left alone. */
export function start() {
  if (started) return;
  started = true;
  const found = hostFor(location, document);
  if (!found) return;
  const host = found;
  const controller = new AbortController();
  const read = () => host.readTicket(location, document);

  /** @param {OpenTicket | null} open */
  function tell(open) {
    if (!alive()) return controller.abort(); // the extension was updated: its new script has taken over
    send({ type: "ticket", open }).catch(() => {});
  }

  onMessage((message) => {
    if (message.type === "read") return Promise.resolve(read());
    if (message.type === "insert") {
      if (read()?.key !== message.key) return Promise.resolve({ ok: false, reason: "changed" });
      return host.insert(message.text, document);
    }
    return undefined;
  });
  observe({ read, onChange: tell, attributes: host.attributes, signal: controller.signal });
  addEventListener("pagehide", () => tell(null), { signal: controller.signal });
}
