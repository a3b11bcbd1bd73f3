/** Codes that would work at checkout, and gestures that delight. */

import { h } from "../../lib/dom.js";
import { codeValue, ending, money } from "../format.js";
import { button, card, codeChip, factLine, row, sources } from "../pieces.js";
import { OCCASIONS, plain, word } from "../words.js";

/** @typedef {import("../../lib/types.js").Answer} Answer */
/** @typedef {import("../pieces.js").Ui} Ui */
/** @typedef {import("../pieces.js").Actions} Actions */

/**
 * @param {import("../../lib/types.js").CodeOffer} offer
 * @param {{answer: Answer, ui: Ui, actions: Actions}} context
 */
export const codeCard = (offer, { answer, ui, actions }) =>
  card(
    {
      ids: [offer.code],
      name: `code ${offer.code}`,
      kind: "code-card",
      label: "Code",
      title: codeValue(offer.value, answer.currency),
      ui,
      actions,
    },
    offer.reason && h("p", { class: "reason" }, offer.reason),
    h(
      "div",
      { class: "code-row" },
      codeChip(offer.code, [offer.code], actions),
      h("span", { class: "hint" }, ending(offer.ends_at, ui.now)),
    ),
    sources(offer.evidence, offer.code),
  );

/**
 * @param {import("../../lib/types.js").Delight} delight
 * @param {{answer: Answer, ui: Ui, actions: Actions}} context
 */
export function delightCard(delight, { ui, actions }) {
  const { id, cost, currency, budget, note, quote, gesture } = delight;
  const used = ui.marks.get(id) === "Used";
  const remaining = budget && budget.remaining - (used ? (cost ?? 0) : 0);
  const affordable = used || !budget || (cost ?? 0) <= budget.remaining;
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
    factLine([
      typeof cost === "number" && (cost > 0 ? `Costs ${money(cost, currency)}` : "Costs nothing"),
      budget && remaining !== null && `${money(remaining, currency)} left this month (${scopeWords(budget.scope)})`,
    ]),
    row(
      !used &&
        affordable &&
        button("Use", {
          key: `use ${id}`,
          primary: true,
          name: `Use: ${gesture}`,
          onclick: () => actions.accept(delight),
        }),
      note && button("Copy note", { key: `note ${id}`, onclick: () => actions.copy([id], note, "Note") }),
      !affordable && h("span", { class: "hint" }, "Not covered by the budget"),
    ),
    sources(delight.evidence, id),
  );
}

/** @param {string} scope */
const scopeWords = (scope) =>
  scope.startsWith("agent") ? "yours" : scope === "team" ? "team" : plain(scope.replace(":", " "));
