/** The outbox: feedback is written down first and delivered until the service has it; the same event counts once. */

import { CallFailed } from "./api.js";

/** @typedef {import("./types.js").Feedback} Feedback */
/** @typedef {import("./types.js").Delivery} Delivery */

const KEEP_WAITING = 5_000;
const KEEP_DELIVERED = 1_000;
/** What trying again can mend: no network, a wrong token, too much at once. Anything else would fail for ever. */
const MENDABLE = new Set(["unset", "offline", "unauthorized", "forbidden", "rate_limited", "busy"]);

/**
 * The same event on the same suggestion of the same answer has the same key, however often it is sent.
 * @param {string} requestId
 * @param {string} suggestionId
 * @param {import("./types.js").FeedbackEvent} event
 */
export const idempotencyKey = (requestId, suggestionId, event) => `${requestId}:${event}:${suggestionId}`;

export class Outbox {
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {import("./types.js").OutboxStore} store
   * @param {(item: Feedback) => Promise<unknown>} deliver
   */
  constructor(store, deliver) {
    this.store = store;
    this.deliver = deliver;
  }

  /**
   * Writes an event down, tries to deliver everything, and says what became of this one.
   * @param {Feedback} item
   * @returns {Promise<Delivery>}
   */
  put(item) {
    return this.#locked(async () => {
      const box = await this.store.load();
      const key = item.idempotency_key;
      if (box.delivered.includes(key)) return { state: "delivered" };
      if (!box.waiting.some((other) => other.idempotency_key === key)) {
        box.waiting = [...box.waiting, item].slice(-KEEP_WAITING);
        await this.store.save(box);
      }
      const refusals = await this.#flush();
      const problem = refusals.get(key);
      if (problem) return { state: "refused", problem };
      const { waiting } = await this.store.load();
      return { state: waiting.some((other) => other.idempotency_key === key) ? "waiting" : "delivered" };
    });
  }

  /** Delivers what waits. */
  async flush() {
    await this.#locked(() => this.#flush());
  }

  /** @returns {Promise<Map<string, import("./types.js").Problem>>} what the service will never take, by key */
  async #flush() {
    const refusals = new Map();
    for (let box = await this.store.load(); box.waiting.length;) {
      const [item, ...waiting] = box.waiting;
      try {
        await this.deliver(item);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        if (MENDABLE.has(error.problem.kind)) break;
        refusals.set(item.idempotency_key, error.problem);
      }
      const refused = refusals.has(item.idempotency_key);
      const delivered = refused ? box.delivered : [...box.delivered, item.idempotency_key].slice(-KEEP_DELIVERED);
      box = { waiting, delivered };
      await this.store.save(box);
    }
    return refusals;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #locked(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
