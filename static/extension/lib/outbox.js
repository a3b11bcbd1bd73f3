/**
 * The outbox: feedback, spends and reversals are written down first and delivered until the service has them; the same
 * one counts once. What became of a spend is kept too, for a panel that opens later.
 */

import { CallFailed } from "./api.js";

/** @typedef {import("./types.js").Outgoing} Outgoing */
/** @typedef {import("./types.js").OutboxState} OutboxState */
/** @typedef {import("./types.js").Delivery} Delivery */

const KEEP_WAITING = 5_000;
const KEEP_DELIVERED = 1_000;
const KEEP_SETTLED = 300;
/** What trying again can mend: no network, a wrong token, too much at once. Anything else would fail for ever. */
const MENDABLE = new Set(["unset", "offline", "unauthorized", "forbidden", "rate_limited", "busy"]);

/**
 * The same event on the same suggestion of the same answer has the same key, however often it is sent.
 * @param {string} requestId
 * @param {string} suggestionId
 * @param {import("./types.js").FeedbackEvent} event
 */
export const idempotencyKey = (requestId, suggestionId, event) => `${requestId}:${event}:${suggestionId}`;

/**
 * Of too many the oldest events are given up, and no order about money.
 * @param {Outgoing[]} waiting
 */
function kept(waiting) {
  const surplus = waiting.length - KEEP_WAITING;
  if (surplus <= 0) return waiting;
  const oldest = new Set(waiting.filter((item) => !("kind" in item)).slice(0, surplus));
  return waiting.filter((item) => !oldest.has(item));
}

export class Outbox {
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {import("./types.js").OutboxStore} store
   * @param {(item: Outgoing) => Promise<unknown>} deliver resolves to the receipt of a spend or reversal
   */
  constructor(store, deliver) {
    this.store = store;
    this.deliver = deliver;
  }

  /**
   * Writes one down, tries to deliver everything, and says what became of this one.
   * @param {Outgoing} item
   * @returns {Promise<Delivery>}
   */
  put(item) {
    return this.#locked(async () => {
      const box = await this.store.load();
      const key = item.idempotency_key;
      if (box.delivered.includes(key)) return { state: "delivered" };
      if (!box.waiting.some((other) => other.idempotency_key === key)) {
        await this.store.save({ ...box, waiting: kept([...box.waiting, item]) });
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
      let receipt = null;
      try {
        receipt = await this.deliver(item);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        if (MENDABLE.has(error.problem.kind)) break;
        refusals.set(item.idempotency_key, error.problem);
      }
      const key = item.idempotency_key;
      const problem = refusals.get(key) ?? null;
      const delivered = problem ? box.delivered : [...box.delivered, key].slice(-KEEP_DELIVERED);
      let settled = box.settled ?? [];
      if ("kind" in item) {
        const { kind, request_id, delight_id } = item;
        const done = /** @type {import("./types.js").Receipt | null} */ (receipt);
        settled = [...settled, { key, kind, request_id, delight_id, receipt: done, problem }].slice(-KEEP_SETTLED);
      }
      box = { waiting, delivered, settled };
      await this.store.save(box);
    }
    return refusals;
  }

  /** What is waiting and what is settled, after all that could be delivered was. */
  async state() {
    return this.#locked(async () => {
      await this.#flush();
      return this.store.load();
    });
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
