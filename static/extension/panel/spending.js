/** Spending in the panel: what was ordered, what became of it, and what is left. */

import { reversalOrder, spendOrder } from "../lib/spends.js";

/** @typedef {import("../lib/types.js").Answer} Answer */
/** @typedef {import("../lib/types.js").Delight} Delight */
/** @typedef {import("../lib/types.js").SpendState} SpendState */
/** @typedef {import("../lib/types.js").Transport} Transport */

const LOOK_MS = 2_000;

export class Spending {
  /** @type {Map<string, SpendState>} */
  states = new Map();
  /** @type {import("../lib/types.js").Budgets | null} */
  budgets = null;
  /** @type {Answer | null} */
  #answer = null;
  #agent = "";
  #timer = 0;

  /**
   * @param {Transport} transport
   * @param {() => void} onChange
   */
  constructor(transport, onChange) {
    this.transport = transport;
    this.onChange = onChange;
  }

  /**
   * Follows the answer that is shown.
   * @param {Answer | null} answer
   * @param {string} agent who is signed in at the helpdesk
   */
  follow(answer, agent) {
    if (answer?.request_id === this.#answer?.request_id) return;
    clearTimeout(this.#timer);
    this.states = new Map();
    this.budgets = null;
    this.#answer = answer;
    this.#agent = agent;
    if (answer?.delights.some(({ cost }) => cost)) void this.#look(answer);
  }

  /** @param {Delight} delight @returns {Promise<SpendState | null>} where it stands; null when another answer is shown */
  spend(delight) {
    const before = this.states.get(delight.id);
    const reversed = before?.state === "undone" || before?.state === "refused" ? (before.receipt?.spend_id ?? 0) : 0;
    return this.#order(delight, "sending", (request) => spendOrder(request, delight, reversed));
  }

  /** @param {Delight} delight @returns {Promise<SpendState | null>} where it stands; null when another answer is shown */
  undo(delight) {
    const spent = this.states.get(delight.id)?.receipt?.spend_id ?? 0;
    return this.#order(delight, "undoing", (request) => reversalOrder(request, delight.id, spent));
  }

  /**
   * @param {Delight} delight
   * @param {"sending" | "undoing"} meanwhile
   * @param {(request: string) => import("../lib/types.js").SpendOrder | import("../lib/types.js").ReversalOrder} make
   */
  async #order(delight, meanwhile, make) {
    const answer = this.#answer;
    const before = this.states.get(delight.id);
    if (!answer || before?.state === "sending" || before?.state === "undoing") return null;
    this.states.set(delight.id, { state: meanwhile, receipt: before?.receipt ?? null, problem: null });
    this.onChange();
    await this.transport.order(make(answer.request_id)).catch(() => null);
    await this.#look(answer);
    if (this.#answer === answer && this.states.get(delight.id)?.state === meanwhile && meanwhile === "sending") {
      this.states.delete(delight.id); // nobody could say what became of it; ordering again means the same spend
      this.onChange();
    }
    return this.#answer === answer ? (this.states.get(delight.id) ?? null) : null;
  }

  /** Asks where everything stands, and again while something waits. @param {Answer} answer */
  async #look(answer) {
    const [states, budgets] = await Promise.all([
      this.transport.spends(answer.request_id).catch(() => null),
      this.transport.budgets(this.#agent).catch(() => null),
    ]);
    if (this.#answer !== answer) return;
    if (states) this.states = new Map(Object.entries(states));
    this.budgets = budgets ?? this.budgets;
    this.onChange();
    clearTimeout(this.#timer);
    const open = [...this.states.values()].some(({ state }) => state === "waiting" || state === "undoing");
    if (open) this.#timer = window.setTimeout(() => void this.#look(answer), LOOK_MS);
  }
}
