/**
 * Desks: what each helpdesk tab is about, and the answer for it. Everything lives in the store, so a worker may die.
 */

import { CallFailed } from "./api.js";

/** @typedef {import("./types.js").Desk} Desk */
/** @typedef {import("./types.js").OpenTicket} OpenTicket */

/** @type {Readonly<Desk>} */
export const EMPTY = Object.freeze({ seq: 0, state: "none", open: null, answer: null, problem: null });

/** The browser's storage gives members back in another order. @param {unknown} value */
const canonical = (value) =>
  JSON.stringify(value, (_name, part) =>
    part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );

export class Desks {
  /** @type {Map<string, AbortController>} Fetches of this life of the worker; after a kill, `resume` starts anew. */
  #running = new Map();
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {import("./types.js").DeskStore} store
   * @param {(open: OpenTicket, signal: AbortSignal) => Promise<import("./types.js").Answer>} suggest
   */
  constructor(store, suggest) {
    this.store = store;
    this.suggest = suggest;
  }

  /**
   * The page shows this ticket now (null: none). Asks the service unless the same content is already asked or answered.
   * @param {string} id
   * @param {OpenTicket | null} open
   */
  async show(id, open) {
    const seq = await this.#locked(async () => {
      const desk = (await this.store.get(id)) ?? EMPTY;
      if (desk.state !== "error" && canonical(desk.open) === canonical(open)) return null;
      return this.#begin(id, desk.seq + 1, open);
    });
    if (seq !== null && open) await this.#answer(id, seq, open);
  }

  /**
   * Asks again for what a desk shows.
   * @param {string} id
   */
  async retry(id) {
    const desk = await this.store.get(id);
    if (desk?.open) await this.#again(id, desk);
  }

  /** Takes up what a killed worker left behind. */
  async resume() {
    const left = (await this.store.entries()).filter(
      ([id, desk]) => desk.state === "loading" && !this.#running.has(id),
    );
    await Promise.all(left.map(([id, desk]) => this.#again(id, desk)));
  }

  /** Asks again for every desk that could not be answered: the settings changed. */
  async retryFailed() {
    const left = (await this.store.entries()).filter(([, desk]) => desk.state === "error");
    await Promise.all(left.map(([id, desk]) => this.#again(id, desk)));
  }

  /** @param {string} id */
  async close(id) {
    this.#stop(id);
    await this.#locked(() => this.store.remove(id));
  }

  /**
   * @param {string} id
   * @param {Desk} seen
   */
  async #again(id, seen) {
    const seq = await this.#locked(async () => {
      const desk = await this.store.get(id);
      return desk?.seq === seen.seq ? this.#begin(id, desk.seq + 1, desk.open) : null;
    });
    if (seq !== null && seen.open) await this.#answer(id, seq, seen.open);
  }

  /**
   * @param {string} id
   * @param {number} seq
   * @param {OpenTicket | null} open
   */
  async #begin(id, seq, open) {
    this.#stop(id);
    await this.store.set(id, { seq, state: open ? "loading" : "none", open, answer: null, problem: null });
    return seq;
  }

  /**
   * @param {string} id
   * @param {number} seq
   * @param {OpenTicket} open
   */
  async #answer(id, seq, open) {
    const controller = new AbortController();
    this.#running.set(id, controller);
    /** @type {Pick<Desk, "state" | "answer" | "problem">} */
    let result;
    try {
      result = { state: "done", answer: await this.suggest(open, controller.signal), problem: null };
    } catch (error) {
      if (controller.signal.aborted) return;
      if (!(error instanceof CallFailed)) throw error;
      result = { state: "error", answer: null, problem: error.problem };
    } finally {
      if (this.#running.get(id) === controller) this.#running.delete(id);
    }
    await this.#locked(async () => {
      const desk = await this.store.get(id);
      if (desk?.seq === seq) await this.store.set(id, { ...desk, ...result }); // else: an answer for a ticket that is gone
    });
  }

  /** @param {string} id */
  #stop(id) {
    this.#running.get(id)?.abort();
    this.#running.delete(id);
  }

  /**
   * One reading and writing at a time: storage has no transactions.
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
