/** Codes that would work at checkout. */

import { h } from "../../lib/dom.js";
import { codeValue, ending } from "../format.js";
import { card, codeChip, sources } from "../pieces.js";

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
