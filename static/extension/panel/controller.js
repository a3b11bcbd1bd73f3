/** Holds the panel together: paints each state of the desk, carries out clicks, and tells what was seen and used. */

import { EMPTY } from "../lib/desks.js";
import { idempotencyKey } from "../lib/outbox.js";
import { copyText } from "./clipboard.js";
import { count, money } from "./format.js";
import { openGaps } from "./gaps.js";
import { watchSeen } from "./seen.js";
import { Spending } from "./spending.js";
import { announcement, render } from "./view.js";
import { FAILURES } from "./words.js";

/** @typedef {import("../lib/types.js").Desk} Desk */
/** @typedef {import("../lib/types.js").Delivery} Delivery */
/** @typedef {import("../lib/types.js").FeedbackEvent} FeedbackEvent */
/** @typedef {import("../lib/types.js").Transport} Transport */
/** @typedef {import("./pieces.js").Actions} Actions */

const NOTE_MS = 4_000;
const LONGER_MS = 12_000;

export class Panel {
  /** @type {Desk} */
  #desk = EMPTY;
  #ui = freshUi(false);
  #said = "";
  #noteTimer = 0;
  #retryTimer = 0;

  /**
   * @param {{main: HTMLElement, note: HTMLElement, live: HTMLElement}} places `live` is read out, `note` is seen
   * and read out
   * @param {Transport} transport
   * @param {AbortSignal} signal
   */
  constructor(places, transport, signal) {
    this.places = places;
    this.transport = transport;
    this.spending = new Spending(transport, () => this.#paint());
    this.seen = watchSeen((ids) => void this.#tellAll(ids, "shown"), signal);
    transport.subscribe((desk) => this.#take(desk), signal);
    this.#paint();
  }

  /** @param {Desk} desk */
  #take(desk) {
    if (desk.seq !== this.#desk.seq || desk.open?.key !== this.#desk.open?.key) {
      const sameTicket = desk.open !== null && desk.open.key === this.#desk.open?.key;
      const { fills, ticks } = this.#ui;
      this.#ui = freshUi(Boolean(this.transport.openOptions));
      if (sameTicket) Object.assign(this.#ui, { fills, ticks }); // what the agent typed and ticked outlives a new message
      this.#note("");
      if (!sameTicket) window.scrollTo({ top: 0 });
    }
    this.#desk = desk;
    this.spending.follow(desk.answer, desk.open?.agent ?? "");
    this.#paint();
    clearTimeout(this.#retryTimer);
    const wait = desk.problem?.retryAfter;
    if (wait) this.#retryTimer = window.setTimeout(() => void this.transport.retry(), wait * 1_000);
    const said = announcement(desk);
    if (said !== this.#said) this.places.live.textContent = this.#said = said;
  }

  #paint() {
    const { main } = this.places;
    const focused = document.activeElement?.getAttribute("data-focus");
    const open = new Set(
      [...main.querySelectorAll("details[open]")].map((details) => details.getAttribute("data-key")),
    );
    main.setAttribute("aria-busy", String(this.#desk.state === "loading"));
    main.replaceChildren(...render(this.#desk, this.#shown(), this.#actions));
    for (const details of main.querySelectorAll("details"))
      if (open.has(details.getAttribute("data-key"))) details.open = true;
    const again = focused ? main.querySelector(`[data-focus="${CSS.escape(focused)}"]`) : null;
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    this.seen.watch(main);
  }

  #shown() {
    const { states: spends, budgets } = this.spending;
    return { ...this.#ui, spends, budgets, now: Date.now() };
  }

  /** @type {Actions} */
  #actions = {
    insert: (ids, text) => void this.#insert(ids, text),
    copy: (ids, text, what) => void this.#copy(ids, text, what),
    dismiss: (ids, what) => this.#dismiss(ids, what),
    accept: (delight) => void this.#accept(delight),
    spend: (delight) => void this.#spend(delight),
    undo: (delight) => void this.#undo(delight),
    fill: (gap, value) => {
      this.#ui.fills.set(gap, value);
      for (const hint of this.places.main.querySelectorAll("[data-open-gaps]")) {
        const left = openGaps(hint.getAttribute("data-open-gaps") ?? "", this.#ui.fills);
        hint.textContent = left ? `${count(left, "gap")} to fill` : "All filled in";
      }
    },
    tick: (step, done) => {
      if (done) this.#ui.ticks.add(step);
      else this.#ui.ticks.delete(step);
    },
    toggle: (key) => {
      if (!this.#ui.expanded.delete(key)) this.#ui.expanded.add(key);
      this.#paint();
    },
    retry: () => void this.transport.retry(),
    openOptions: () => this.transport.openOptions?.(),
  };

  /** @param {string[]} ids @param {string} text */
  async #insert(ids, text) {
    const { open } = this.#desk;
    if (!open) return;
    const result = await this.transport.insert(text, open.key);
    if (this.#desk.open?.key !== open.key) return;
    if (result.ok) {
      this.#mark(ids, "Inserted");
      this.#note("Inserted. Read it through before you send.");
      await this.#tellAll(ids, "inserted");
      return;
    }
    const why = FAILURES[result.reason] ?? FAILURES.not_taken;
    if (result.reason === "changed") return this.#note(why, { long: true });
    this.#note(why, { long: true, action: ["Copy instead", () => void this.#copy(ids, text, "Reply")] });
  }

  /** @param {string[]} ids @param {string} text @param {string} what */
  async #copy(ids, text, what) {
    if (!(await copyText(text)))
      return this.#note("The browser did not allow copying. Select the text and copy it by hand.", { long: true });
    this.#mark(ids, "Copied");
    this.#note(`${what} copied`);
    await this.#tellAll(ids, "copied");
  }

  /** @param {string[]} ids @param {string} what */
  #dismiss(ids, what) {
    const cards = [...this.places.main.querySelectorAll("[data-ids]")];
    const place = cards.findIndex((card) => card.getAttribute("data-ids") === JSON.stringify(ids));
    for (const id of ids) this.#ui.dismissed.add(id);
    this.#paint();
    const left = [...this.places.main.querySelectorAll("[data-ids]")];
    const next = left[Math.min(place, left.length - 1)]?.querySelector("button");
    (next ?? this.places.main).focus();
    this.#note(`Dismissed ${what}`);
    void this.#tellAll(ids, "dismissed");
  }

  /** @param {import("../lib/types.js").Delight} delight */
  async #accept(delight) {
    const { answer } = this.#desk;
    const delivery = await this.#tell(delight.id, "accepted");
    if (this.#desk.answer !== answer) return;
    if (delivery.state === "refused") return this.#note(delivery.problem.message, { long: true });
    this.#mark([delight.id], "Used");
    this.#note("Noted. Now make it happen.");
  }

  /** @param {import("../lib/types.js").Delight} delight */
  async #spend(delight) {
    const now = await this.spending.spend(delight);
    if (now?.state === "spent" && now.receipt) {
      const { amount, currency } = now.receipt;
      this.#note(`${money(amount, currency, { exact: true })} spent. Now make it happen.`);
    } else if (now?.state === "waiting") this.#note("Noted. It is booked as soon as the service is back.");
    else if (now?.problem) this.#note(now.problem.message, { long: true });
  }

  /** @param {import("../lib/types.js").Delight} delight */
  async #undo(delight) {
    const now = await this.spending.undo(delight);
    if (now?.state === "undone") this.#note("Taken back. Nothing is spent.");
    else if (now?.state === "undoing") this.#note("Noted. It is taken back as soon as the service is back.");
    else if (now?.problem) this.#note(now.problem.message, { long: true });
  }

  /** @param {string[]} ids @param {string} mark */
  #mark(ids, mark) {
    for (const id of ids) this.#ui.marks.set(id, mark);
    this.#paint();
  }

  /** @param {string[]} ids @param {FeedbackEvent} event */
  async #tellAll(ids, event) {
    await Promise.all(ids.map((id) => this.#tell(id, event)));
  }

  /**
   * @param {string} id
   * @param {FeedbackEvent} event
   * @returns {Promise<Delivery>}
   */
  async #tell(id, event) {
    const { answer, open } = this.#desk;
    if (!answer) return { state: "waiting" };
    const request = answer.request_id;
    return this.transport.feedback({
      request_id: request,
      suggestion_id: id,
      event,
      idempotency_key: idempotencyKey(request, id, event),
      ...(open?.agent && { agent: open.agent }),
    });
  }

  /**
   * @param {string} text empty: takes the note away
   * @param {{long?: boolean, action?: [string, () => void]}} [options]
   */
  #note(text, { long = false, action } = {}) {
    clearTimeout(this.#noteTimer);
    const { note } = this.places;
    note.replaceChildren(text);
    note.classList.toggle("shown", text !== "");
    if (action) {
      const [label, run] = action;
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: label });
      button.addEventListener("click", run);
      note.append(button);
    }
    if (text) this.#noteTimer = window.setTimeout(() => this.#note(""), long ? LONGER_MS : NOTE_MS);
  }
}

/** @param {boolean} options */
const freshUi = (options) => ({
  dismissed: /** @type {Set<string>} */ (new Set()),
  marks: /** @type {Map<string, string>} */ (new Map()),
  fills: /** @type {Map<string, string>} */ (new Map()),
  ticks: /** @type {Set<string>} */ (new Set()),
  expanded: /** @type {Set<string>} */ (new Set()),
  options,
});
