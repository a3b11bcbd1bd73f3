/** What puts a failure right, before anything else: steps to tick off and the day to write again. */

import { h } from "../../lib/dom.js";
import { calendarDay } from "../format.js";
import { sources } from "../pieces.js";
import { RECOVERY } from "../words.js";

/** @typedef {import("../pieces.js").Ui} Ui */
/** @typedef {import("../pieces.js").Actions} Actions */

/**
 * Ticks are the agent's own: they stay in the panel while the ticket is open, and nobody is told.
 * @param {import("../../lib/types.js").Recovery | null} recovery
 * @param {{ui: Ui, actions: Actions}} context
 */
export function recoveryCard(recovery, { ui, actions }) {
  if (!recovery) return null;
  const { steps, follow_up_on: due, evidence } = recovery;
  const { label, title } = steps.length ? RECOVERY.plan : RECOVERY.followUp;
  return h(
    "section",
    { class: "card recovery", "aria-labelledby": "recovery" },
    h(
      "header",
      { class: "card-head" },
      h("h2", { id: "recovery" }, h("span", { class: "label" }, label), h("span", { class: "title" }, title)),
    ),
    steps.length > 0 && h("ol", { class: "steps" }, ...steps.map((text) => step(text, ui, actions))),
    due && h("p", { class: "follow-up" }, "Follow up on ", h("time", { datetime: due }, calendarDay(due, ui.now))),
    sources(evidence, "recovery"),
  );
}

/** @param {string} text @param {Ui} ui @param {Actions} actions */
function step(text, ui, actions) {
  const box = h("input", {
    type: "checkbox",
    checked: ui.ticks.has(text),
    "data-focus": `step ${text}`,
    onchange: () => actions.tick(text, box.checked),
  });
  return h("li", {}, h("label", {}, box, h("span", {}, text)));
}
