/** Drafts, and the saves that they offer: what, why, the code and the reply on one card. */

import { h } from "../../lib/dom.js";
import { count, languageName, money } from "../format.js";
import { fillIn, openGaps } from "../gaps.js";
import { button, card, clamped, codeChip, distinct, factLine, replyText, row, sources } from "../pieces.js";
import { SAVES, STANCES, word } from "../words.js";

/** @typedef {import("../../lib/types.js").Answer} Answer */
/** @typedef {import("../../lib/types.js").Draft} Draft */
/** @typedef {import("../../lib/types.js").Save} Save */
/** @typedef {import("../pieces.js").Ui} Ui */
/** @typedef {import("../pieces.js").Actions} Actions */

/**
 * The saves that a draft offers: those that its evidence cites or, failing that, that its text names.
 * @param {Draft} draft
 * @param {Save[]} saves
 */
export function savesOf(draft, saves) {
  if (draft.stance !== "save") return [];
  const cites = (/** @type {Save} */ save) =>
    draft.evidence.some(({ id }) => id === save.sku || (save.handle !== null && id === save.handle));
  const named = saves.filter((save) => save.title && draft.text.includes(save.title));
  const both = named.filter(cites); // sizes of one product share their title: then the evidence decides
  if (both.length) return both;
  return named.length ? named : saves.filter(cites).slice(0, 1);
}

/**
 * @param {Draft} draft
 * @param {Save[]} offered the saves that go with it
 * @param {{answer: Answer, ui: Ui, actions: Actions}} context
 */
export function draftCard(draft, offered, { answer, ui, actions }) {
  const ids = [draft.id, ...offered.map((save) => save.id)];
  const stance = word(STANCES, draft.stance);
  const foreign = draft.language && !navigator.language.toLowerCase().startsWith(draft.language.toLowerCase());
  const gaps = openGaps(draft.text, ui.fills);
  const text = () => fillIn(draft.text, ui.fills);
  const evidence = distinct([...draft.evidence, ...offered.flatMap((save) => save.evidence)]);
  return card(
    {
      ids,
      name: `${stance.toLowerCase()} draft`,
      kind: `draft stance-${draft.stance}`,
      label: stance,
      title: offered[0]?.headline || (foreign && languageName(draft.language)),
      ui,
      actions,
    },
    ...offered.map((save, index) => offer(save, { ids: [save.id], headline: index > 0, answer, actions })),
    replyText(draft.text, { key: draft.id, language: draft.language, ui, actions }),
    row(
      button("Insert", {
        key: `insert ${draft.id}`,
        primary: true,
        name: `Insert ${stance.toLowerCase()} draft`,
        onclick: () => actions.insert(ids, text()),
      }),
      button("Copy", {
        key: `copy ${draft.id}`,
        name: `Copy ${stance.toLowerCase()} draft`,
        onclick: () => actions.copy(ids, text(), "Reply"),
      }),
      gaps > 0 && h("span", { class: "hint", "data-open-gaps": draft.text }, `${count(gaps, "gap")} to fill`),
    ),
    sources(evidence, draft.id),
  );
}

/**
 * A further draft, folded to its first line.
 * @param {Draft} draft
 * @param {Save[]} offered
 * @param {{answer: Answer, ui: Ui, actions: Actions}} context
 */
export const foldedDraft = (draft, offered, context) =>
  h(
    "details",
    { class: "fold", "data-key": `draft ${draft.id}` },
    h(
      "summary",
      { "data-focus": `fold ${draft.id}` },
      h("span", { class: `label stance-${draft.stance}` }, word(STANCES, draft.stance)),
      h(
        "span",
        { class: offered[0] ? "first-line" : "first-line opening" },
        offered[0]?.headline || opening(draft.text),
      ),
    ),
    draftCard(draft, offered, context),
  );

/** The first line that says something: not the greeting. @param {string} text */
function opening(text) {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.find((line) => line.length > 40) ?? lines[1] ?? lines[0] ?? "";
}

/**
 * @param {Save} save
 * @param {{answer: Answer, ui: Ui, actions: Actions}} context
 */
export const saveCard = (save, { answer, ui, actions }) =>
  card(
    {
      ids: [save.id],
      name: save.headline,
      kind: `save ${save.kind}`,
      label: word(SAVES, save.kind),
      title: save.headline,
      ui,
      actions,
    },
    offer(save, { ids: [save.id], headline: false, answer, actions }),
    sources(save.evidence, save.id),
  );

/**
 * @param {Save} save
 * @param {{ids: string[], headline: boolean, answer: Answer, actions: Actions}} options
 */
function offer(save, { ids, headline, answer, actions }) {
  const { currency, saves } = answer;
  const several = new Set(saves.map((other) => other.replaces)).size > 1; // only then is it a question which item is meant
  const { title, variant, price, price_difference: difference, code, reason, replaces } = save;
  return h(
    "div",
    { class: "offer" },
    headline && h("p", { class: "offer-headline" }, save.headline),
    (title || price !== null) &&
      h(
        "div",
        { class: "product" },
        h("p", { class: "product-name" }, title ?? save.sku, variant && h("span", { class: "variant" }, variant)),
        typeof price === "number" &&
          h(
            "p",
            { class: "price" },
            money(price, currency),
            typeof difference === "number" &&
              h("span", { class: difference > 0 ? "more" : "less" }, differenceWords(difference, currency)),
          ),
      ),
    reason && h("p", { class: "reason" }, reason),
    factLine([
      code && h("span", { class: "with-code" }, "Code ", codeChip(code, ids, actions)),
      several && replaces && `For ${replaces}`,
    ]),
  );
}

/** @param {number} difference @param {string} currency */
const differenceWords = (difference, currency) =>
  difference === 0 ? "same price" : money(difference, currency, { sign: true });

/**
 * @param {import("../../lib/types.js").SimilarCase} item
 * @param {{answer: Answer, ui: Ui, actions: Actions}} context
 */
export function similarCard(item, { answer, ui, actions }) {
  const ids = [item.ticket_id];
  const { resolution, outcome } = item;
  const text = () => fillIn(item.reply, ui.fills);
  return card(
    {
      ids,
      name: `case ${item.ticket_id}`,
      kind: "similar",
      label: "Case",
      title: item.subject || item.ticket_id,
      ui,
      actions,
    },
    item.why && h("p", { class: "reason" }, item.why),
    item.excerpt &&
      h("blockquote", {}, ...clamped(item.excerpt, { key: `excerpt ${item.ticket_id}`, limit: 180, ui, actions })),
    item.reply && h("h4", {}, "The reply that worked"),
    item.reply &&
      h(
        "div",
        {},
        ...clamped(item.reply, { key: `reply ${item.ticket_id}`, ui, actions }, (whole) =>
          replyText(whole, { key: item.ticket_id, ui, actions }),
        ),
      ),
    factLine([
      item.ticket_id,
      resolution && word({}, resolution.kind),
      typeof outcome?.csat === "number" && `CSAT ${outcome.csat}/5`,
      typeof outcome?.kept_revenue === "number" &&
        outcome.kept_revenue > 0 &&
        `Kept ${money(outcome.kept_revenue, answer.currency)}`,
      outcome?.reopened && "Was reopened",
    ]),
    item.reply &&
      row(
        button("Insert", {
          key: `insert ${item.ticket_id}`,
          name: `Insert the reply of case ${item.ticket_id}`,
          onclick: () => actions.insert(ids, text()),
        }),
        button("Copy", {
          key: `copy ${item.ticket_id}`,
          name: `Copy the reply of case ${item.ticket_id}`,
          onclick: () => actions.copy(ids, text(), "Reply"),
        }),
      ),
  );
}
