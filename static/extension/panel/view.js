/** The whole panel as a function of its state: render(desk, ui, actions) -> elements. Nothing here talks to anybody. */

import { isSilent } from "../lib/answer.js";
import { h } from "../lib/dom.js";
import { customerFacts, customerHeader } from "./cards/customer.js";
import { delightCard } from "./cards/delights.js";
import { codeCard } from "./cards/extras.js";
import { degradedNote, verdict, warningList } from "./cards/notices.js";
import { recoveryCard } from "./cards/recovery.js";
import { draftCard, foldedDraft, saveCard, savesOf, similarCard } from "./cards/replies.js";
import { summaryCard } from "./cards/summary.js";
import { tagList } from "./cards/tags.js";
import { count } from "./format.js";
import { button } from "./pieces.js";
import { PROBLEMS, RECOVERY } from "./words.js";

/** @typedef {import("../lib/dom.js").Child} Child */
/** @typedef {import("../lib/types.js").Answer} Answer */
/** @typedef {import("../lib/types.js").Desk} Desk */
/** @typedef {import("../lib/types.js").Problem} Problem */
/** @typedef {import("./pieces.js").Ui} Ui */
/** @typedef {import("./pieces.js").Actions} Actions */

/**
 * @param {Desk} desk
 * @param {Ui} ui
 * @param {Actions} actions
 * @returns {Node[]}
 */
export function render(desk, ui, actions) {
  if (!desk.open) return [message("No ticket open", "Open a ticket in your helpdesk and suggestions appear here.")];
  const header = customerHeader(desk.open, desk.answer);
  if (desk.state === "error" && desk.problem) return [header, trouble(desk.problem, ui, actions)];
  if (!desk.answer) return [header, skeleton()];
  const { answer } = desk;
  const plan = recoveryCard(answer.recovery, { ui, actions });
  return [header, ...nodes([plan, customerFacts(answer), ...suggestions(answer, ui, actions)])];
}

/** One sentence for those who do not see the panel change. @param {Desk} desk */
export function announcement(desk) {
  if (desk.state === "error" && desk.problem) return PROBLEMS[desk.problem.kind].title;
  if (desk.state === "loading") return "Looking for suggestions";
  if (!desk.answer) return "No ticket open";
  const { drafts, saves, codes, delights, similar, recovery, tags, selling } = desk.answer;
  if (isSilent(desk.answer)) return "Nothing good enough to suggest";
  const found = [
    recovery && (recovery.steps.length ? RECOVERY.plan : RECOVERY.followUp).label.toLowerCase(),
    drafts.length && count(drafts.length, "draft"),
    saves.length && count(saves.length, "save"),
    codes.length && count(codes.length, "code"),
    delights.length && count(delights.length, "gesture"),
    tags.length && count(tags.length, "tag"),
    similar.length && count(similar.length, "similar case"),
  ];
  return `${selling.allowed ? "" : "Fix first. "}${found.filter(Boolean).join(", ")}`;
}

/**
 * @param {Answer} answer
 * @param {Ui} ui
 * @param {Actions} actions
 */
function suggestions(answer, ui, actions) {
  const context = { answer, ui, actions };
  const stays = (/** @type {string} */ id) => !ui.dismissed.has(id);
  const saves = answer.saves.filter((save) => stays(save.id));
  const drafts = answer.drafts.filter((draft) => stays(draft.id));
  /** @type {Set<string>} */
  const onDrafts = new Set();
  const replies = drafts.map((draft, index) => {
    const offered = savesOf(draft, saves).filter((save) => !onDrafts.has(save.id));
    for (const save of offered) onDrafts.add(save.id);
    return index === 0 ? draftCard(draft, offered, context) : foldedDraft(draft, offered, context);
  });
  return [
    summaryCard(answer.summary),
    verdict(answer.selling),
    warningList(answer.warnings),
    isSilent(answer) &&
      message(
        "Nothing good enough to suggest",
        "No case, offer or draft fits this ticket well enough. Your own words will do best.",
      ),
    section("Reply", replies),
    section(
      saveTitle(answer.selling.allowed, onDrafts.size > 0),
      saves.filter((save) => !onDrafts.has(save.id)).map((save) => saveCard(save, context)),
    ),
    section(
      "Codes",
      answer.codes.filter((offer) => stays(offer.code)).map((offer) => codeCard(offer, context)),
    ),
    section(
      "Delight",
      answer.delights.filter((delight) => stays(delight.id)).map((delight) => delightCard(delight, context)),
    ),
    answer.tags.length > 0 && section("Tags", nodes(tagList(answer.tags, context))),
    section(
      "Similar cases",
      answer.similar.filter((item) => stays(item.ticket_id)).map((item) => similarCard(item, context)),
    ),
    degradedNote(answer.degraded),
  ];
}

/** @param {boolean} selling @param {boolean} more */
const saveTitle = (selling, more) =>
  selling ? (more ? "More ways to keep them" : "Ways to keep them") : "To put it right";

/** @param {string} title @param {Node[]} cards */
const section = (title, cards) =>
  cards.length > 0 && h("section", { class: "section", "aria-label": title }, h("h2", {}, title), ...cards);

/** @param {string} title @param {Child} text @param {...Child} more */
const message = (title, text, ...more) =>
  h("section", { class: "message" }, h("h2", {}, title), text && h("p", {}, text), ...more);

/**
 * @param {Problem} problem
 * @param {Ui} ui
 * @param {Actions} actions
 */
function trouble(problem, ui, actions) {
  const { title, text, fix } = PROBLEMS[problem.kind];
  const wait = problem.retryAfter ? ` Trying again in ${count(Math.ceil(problem.retryAfter), "second")}.` : "";
  const settings = button("Open settings", {
    key: "options",
    primary: fix === "options",
    onclick: actions.openOptions,
  });
  const again = button("Try again", { key: "retry", primary: fix === "retry" || !ui.options, onclick: actions.retry });
  return message(
    title,
    (text || problem.message) + wait,
    h("div", { class: "actions" }, fix === "options" && ui.options ? settings : null, again),
    h("details", { class: "sources" }, h("summary", {}, "Details"), h("p", {}, problem.message)),
  );
}

const skeleton = () =>
  h(
    "div",
    { class: "skeleton", "aria-hidden": "true" },
    ...["short", "long", "block", "short", "block low"].map((kind) => h("div", { class: `bone ${kind}` })),
  );

/** @param {(Node | null | false | undefined | "" | 0)[]} list @returns {Node[]} */
const nodes = (list) => list.filter((item) => item instanceof Node);
