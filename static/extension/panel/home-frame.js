/**
 * The panel at home in a frame on the demo helpdesk: the page says what is open and inserts, the frame asks the
 * service.
 */

import { CallFailed, Client, failed } from "../lib/api.js";
import { Desks, EMPTY } from "../lib/desks.js";
import { Outbox } from "../lib/outbox.js";
import { spendsOf } from "../lib/spends.js";

/** @typedef {import("../lib/types.js").Desk} Desk */
/** @typedef {import("../lib/types.js").InsertResult} InsertResult */
/** @typedef {import("../lib/types.js").Transport} Transport */

const INSERT_MS = 5_000;
const OUTBOX = "copilot-outbox";
const DESK = "page";

/** @returns {Transport} */
export function connect() {
  /** @type {Map<string, (result: InsertResult) => void>} */
  const insertions = new Map();
  /** @type {(desk: Desk) => void} */
  let onDesk = () => {};
  /** @type {Desk | null} */
  let current = null;
  const session = new Session();
  const desks = new Desks(
    {
      get: async () => current,
      set: async (_id, desk) => onDesk((current = desk)),
      remove: async () => {
        current = null;
        onDesk(EMPTY);
      },
      entries: async () => (current ? [[DESK, current]] : []),
    },
    (open, signal) => session.call((client) => client.suggest(open, signal)),
  );
  const outbox = new Outbox(
    {
      load: async () => JSON.parse(localStorage.getItem(OUTBOX) ?? '{"waiting": [], "delivered": []}'),
      save: async (box) => localStorage.setItem(OUTBOX, JSON.stringify(box)),
    },
    (item) => session.call((client) => client.deliver(item)),
  );

  // Whichever of page and frame is there first, the other one asks.
  const ready = () => parent.postMessage({ type: "ready" }, location.origin);

  return {
    subscribe(callback, signal) {
      onDesk = callback;
      window.addEventListener(
        "message",
        ({ source, origin, data }) => {
          if (source !== parent || origin !== location.origin) return;
          if (data?.type === "hello") ready();
          if (data?.type === "ticket") void desks.show(DESK, data.open);
          if (data?.type === "inserted") insertions.get(data.id)?.(data.result);
        },
        { signal },
      );
      window.addEventListener("online", () => void outbox.flush(), { signal });
      ready();
      void outbox.flush();
    },

    insert(text, key) {
      const id = crypto.randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(() => finish({ ok: false, reason: "gone" }), INSERT_MS);
        /** @param {InsertResult} result */
        function finish(result) {
          clearTimeout(timer);
          insertions.delete(id);
          resolve(result);
        }
        insertions.set(id, finish);
        parent.postMessage({ type: "insert", id, text, key }, location.origin);
      });
    },

    retry: () => desks.retry(DESK),
    feedback: (item) => outbox.put(item),
    order: (item) => outbox.put(item),
    spends: async (requestId) => spendsOf(await outbox.state(), requestId),
    budgets: (agent) => session.call((client) => client.budgets(agent)).catch(() => null),
  };
}

/** A short-lived token from the page's own service, got anew when it has run out. */
class Session {
  #token = "";

  /**
   * @template T
   * @param {(client: Client) => Promise<T>} call
   * @returns {Promise<T>}
   */
  async call(call) {
    if (!this.#token) this.#token = await this.#open();
    try {
      return await call(this.#client());
    } catch (error) {
      if (!(error instanceof CallFailed && error.problem.kind === "unauthorized")) throw error;
      this.#token = await this.#open();
      return call(this.#client());
    }
  }

  #client() {
    return new Client({ address: location.origin, token: this.#token });
  }

  async #open() {
    const response = await fetch("/demo/session", { method: "POST" }).catch(() => null);
    if (!response) throw failed("offline", "The service cannot be reached.");
    const parsed = await response.json().catch(() => null);
    if (response.ok && typeof parsed?.token === "string") return parsed.token;
    throw failed(
      response.status >= 500 ? "busy" : "forbidden",
      parsed?.error?.message ?? "The demo is open on this computer only.",
    );
  }
}
