/** Gestures that delight: what they cost, what is left, spending on one and taking it back. */

import { h } from "../../lib/dom.js";
import { money } from "../format.js";
import { button, card, factLine, row, sources } from "../pieces.js";
import { OCCASIONS, plain, word } from "../words.js";

/** @typedef {import("../../lib/types.js").BudgetLeft} BudgetLeft */
/** @typedef {import("../../lib/types.js").Delight} Delight */
/** @typedef {import("../../lib/types.js").SpendState} SpendState */
/** @typedef {import("../pieces.js").Ui} Ui */
/** @typedef {import("../pieces.js").Actions} Actions */

/**
 * @param {Delight} delight
 * @param {{ui: Ui, actions: Actions}} context
 */
export function delightCard(delight, { ui, actions }) {
  const { id, note, quote, gesture } = delight;
  const costs = typeof delight.cost === "number" && delight.cost > 0;
  return card(
    {
      ids: [id],
      name: `${plain(delight.occasion)} gesture`,
      kind: "delight",
      label: word(OCCASIONS, delight.occasion),
      title: gesture,
      ui,
      actions,
    },
    quote && h("p", { class: "cue" }, h("q", {}, quote)),
    note && h("blockquote", { class: "note" }, h("p", {}, note)),
    ...(costs ? moneyLines(delight, ui) : [delight.cost === 0 && factLine(["Costs nothing"])]),
    row(
      ...(costs ? spending(delight, ui, actions) : [useButton(delight, ui, actions)]),
      note && button("Copy note", { key: `note ${id}`, onclick: () => actions.copy([id], note, "Note") }),
    ),
    sources(delight.evidence, id),
  );
}

/** What is paid is told with its cents. @param {number} amount @param {string} currency */
const sum = (amount, currency) => money(amount, currency, { exact: true });

/** A gesture without a price is only noted. @param {Delight} delight @param {Ui} ui @param {Actions} actions */
const useButton = ({ id, gesture, ...rest }, ui, actions) =>
  ui.marks.get(id) !== "Used" &&
  button("Use", {
    key: `use ${id}`,
    primary: true,
    name: `Use: ${gesture}`,
    onclick: () => actions.accept({ id, gesture, ...rest }),
  });

/** What it costs, what is left, and what there is to say of it. @param {Delight} delight @param {Ui} ui */
function moneyLines(delight, ui) {
  const { currency } = delight;
  const cost = delight.cost ?? 0;
  const now = ui.spends?.get(delight.id);
  const left = leftFor(delight, ui);
  return [
    factLine([
      now?.state === "spent" || now?.state === "undoing"
        ? `Cost ${sum(cost, currency)}`
        : `Costs ${sum(cost, currency)}`,
      ...left.map(({ scope, remaining }) => `${owner(scope)[0]}: ${sum(remaining, currency)} left`),
    ]),
    said(now, cost, left, currency, ui),
  ];
}

/**
 * The one sentence that matters now.
 * @param {SpendState | undefined} now
 * @param {number} cost
 * @param {BudgetLeft[]} left
 * @param {string} currency
 * @param {Ui} ui
 */
function said(now, cost, left, currency, ui) {
  const line = (/** @type {string} */ text, kind = "") => h("p", { class: `spend-line ${kind}`.trim() }, text);
  if (now?.state === "waiting") return line("Not booked yet: it is as soon as the service is back.");
  if (now?.state === "refused" && now.problem) return line(now.problem.message, "stop-line");
  if (now?.state === "spent" && now.problem) return line(`Not taken back: ${now.problem.message}`, "stop-line");
  const short = now?.state === "spent" ? undefined : left.find(({ remaining }) => remaining < cost);
  if (short)
    return line(`Over the limit: ${sum(short.remaining, currency)} left of ${owner(short.scope)[1]}.`, "stop-line");
  const near = ui.budgets?.budgets.find(({ warning }) => warning);
  if (near?.warning === "spent") return line(`Nothing is left of ${owner(near.scope)[1]} this month.`, "near-line");
  if (near) {
    const share = near.limit > 0 ? Math.floor((near.spent / near.limit) * 100) : 100;
    return line(`Near the limit: ${share} % of ${owner(near.scope)[1]} is spent this month.`, "near-line");
  }
  return now?.state === "undone" ? line("Taken back. Nothing is spent.") : null;
}

/**
 * The buttons that a delight's state allows.
 * @param {Delight} delight
 * @param {Ui} ui
 * @param {Actions} actions
 */
function spending(delight, ui, actions) {
  const { id, gesture, currency } = delight;
  const cost = delight.cost ?? 0;
  const now = ui.spends?.get(id);
  const price = sum(cost, currency);
  const key = `spend ${id}`;
  switch (now?.state) {
    case "sending":
    case "undoing":
    case "waiting":
      return [h("span", { class: "hint", "data-focus": key, tabindex: -1 }, WORDS[now.state])];
    case "spent":
      if (!undoable(now, ui.now)) return [];
      return [button("Undo", { key, name: `Undo: take ${price} back`, onclick: () => actions.undo(delight) })];
    default:
      if (leftFor(delight, ui).some(({ remaining }) => remaining < cost)) return [];
      return [
        button(`Spend ${price}`, {
          key,
          primary: true,
          name: `Spend ${price}: ${gesture}`,
          onclick: () => actions.spend(delight),
        }),
      ];
  }
}

const WORDS = { sending: "Booking…", undoing: "Taking it back…", waiting: "Waiting for the service" };

/** @param {SpendState} state @param {number} now */
const undoable = ({ receipt }, now) =>
  receipt !== null && (!receipt.reversible_until || Date.parse(receipt.reversible_until) > now);

/**
 * What every budget that pays for it has left: as the service says now, else as it said with the answer.
 * @param {Delight} delight
 * @param {Ui} ui
 * @returns {BudgetLeft[]}
 */
function leftFor({ budget }, ui) {
  const now = ui.budgets?.budgets ?? [];
  // What the customer may get is only known as of the answer: it holds until something is spent here.
  const customer = budget && !/^(agent|team)/.test(budget.scope) && !ui.spends?.size ? [budget] : [];
  return now.length ? [...now, ...customer] : budget ? [budget] : [];
}

/** Whose budget, as a label and as the owner in a sentence. @type {Record<string, [string, string]>} */
const OWNERS = {
  agent: ["Your budget", "your budget"],
  team: ["Team", "the team’s budget"],
  customer: ["This customer", "what this customer may get"],
};

/** @param {string} scope "agent:NAME", "team" or "customer" */
const owner = (scope) => OWNERS[scope.split(":")[0]] ?? [plain(scope), plain(scope)];
