/** The small pieces that every card is made of. */

import { h, icon } from "../lib/dom.js";
import { count } from "./format.js";
import { parts } from "./gaps.js";
import { EVIDENCE, word } from "./words.js";

/** @typedef {import("../lib/dom.js").Child} Child */
/** @typedef {import("../lib/types.js").Evidence} Evidence */

/**
 * What the panel remembers beside the desk, for as long as the ticket is open.
 * @typedef {object} Ui
 * @property {ReadonlySet<string>} dismissed ids of suggestions
 * @property {ReadonlyMap<string, string>} marks what was done with a suggestion, by id: "Inserted"
 * @property {ReadonlyMap<string, string>} fills what the agent typed into gaps
 * @property {ReadonlySet<string>} ticks steps of a plan that the agent has ticked off
 * @property {ReadonlySet<string>} expanded keys of long texts shown whole
 * @property {boolean} options whether there are settings to open
 * @property {number} now milliseconds
 * @property {ReadonlyMap<string, import("../lib/types.js").SpendState>} [spends] where delights stand, by id
 * @property {import("../lib/types.js").Budgets | null} [budgets] what is left to spend, once the service has said so
 *
 * What a click does.
 * @typedef {object} Actions
 * @property {(ids: string[], text: string) => void} insert
 * @property {(ids: string[], text: string, what: string) => void} copy
 * @property {(ids: string[], what: string) => void} dismiss
 * @property {(delight: import("../lib/types.js").Delight) => void} accept
 * @property {(delight: import("../lib/types.js").Delight) => void} spend
 * @property {(delight: import("../lib/types.js").Delight) => void} undo
 * @property {(gap: string, value: string) => void} fill
 * @property {(step: string, done: boolean) => void} tick
 * @property {(key: string) => void} toggle
 * @property {() => void} retry
 * @property {() => void} openOptions
 */

const CROSS = "M4.5 4.5l7 7m0-7l-7 7";
const CHECK = "M3.5 8.5l3 3 6-7";

/**
 * A card about one or several suggestions. `data-ids` is what "shown" is counted by.
 * @param {{ids: string[], name: string, kind: string, label: string, title?: Child, ui: Ui, actions: Actions}} card
 * @param {...(Child | Child[])} children
 */
export function card({ ids, name, kind, label, title, ui, actions }, ...children) {
  const spent = ids.some((id) => ui.spends?.get(id)?.state === "spent");
  const mark = spent ? "Spent" : ids.map((id) => ui.marks.get(id)).find(Boolean);
  const heading = `${kind.split(" ")[0]}-${encodeURIComponent(ids[0])}`;
  return h(
    "article",
    { class: `card ${kind}`, "data-ids": JSON.stringify(ids), "aria-labelledby": heading },
    h(
      "header",
      { class: "card-head" },
      h("h3", { id: heading }, h("span", { class: "label" }, label), title && h("span", { class: "title" }, title)),
      mark && h("span", { class: "mark" }, icon(CHECK), mark),
      h(
        "button",
        {
          class: "icon-button",
          type: "button",
          title: "Dismiss",
          "aria-label": `Dismiss ${name}`,
          "data-focus": `dismiss ${ids[0]}`,
          onclick: () => actions.dismiss(ids, name),
        },
        icon(CROSS),
      ),
    ),
    ...children,
  );
}

/**
 * @param {string} label
 * @param {{key: string, primary?: boolean, name?: string, onclick: () => void}} options `name` is what is read out,
 * if the label is not enough
 */
export const button = (label, { key, primary = false, name, onclick }) =>
  h(
    "button",
    {
      class: primary ? "button primary" : "button",
      type: "button",
      "aria-label": name ?? null,
      "data-focus": key,
      onclick,
    },
    label,
  );

/** @param {...(Child | Child[])} children */
export const row = (...children) => h("div", { class: "actions" }, ...children);

/** @param {Child[]} facts */
export function factLine(facts) {
  const there = facts.filter((fact) => fact !== null && fact !== undefined && fact !== false && fact !== "");
  return there.length ? h("p", { class: "fact-line" }, ...there.map((fact) => h("span", {}, fact))) : null;
}

/** A code that can be copied with one click. @param {string} code @param {string[]} ids @param {Actions} actions */
export const codeChip = (code, ids, actions) =>
  h(
    "button",
    {
      class: "code",
      type: "button",
      title: "Copy the code",
      "aria-label": `Copy code ${code}`,
      "data-focus": `code ${ids[0]} ${code}`,
      onclick: () => actions.copy(ids, code, `Code ${code}`),
    },
    code,
  );

/**
 * A reply's text. Gaps are fields: Tab goes from one to the next, and the same gap is filled everywhere at once.
 * @param {string} text
 * @param {{key: string, language?: string, ui: Ui, actions: Actions}} options
 */
export const replyText = (text, { key, language, ui, actions }) =>
  h(
    "div",
    { class: "reply", lang: language ?? null },
    ...parts(text).map((part, index) =>
      "gap" in part ? gapField(part.gap, `gap ${key} ${index}`, ui, actions) : part.text,
    ),
  );

/** @param {string} gap @param {string} key @param {Ui} ui @param {Actions} actions */
function gapField(gap, key, ui, actions) {
  const value = ui.fills.get(gap) ?? "";
  const field = h("input", {
    class: "gap",
    type: "text",
    placeholder: gap,
    "aria-label": `Fill in: ${gap}`,
    value,
    size: width(value || gap),
    "data-gap": gap,
    "data-focus": key,
    autocomplete: "off",
    oninput: () => {
      actions.fill(gap, field.value);
      for (const twin of document.querySelectorAll("input.gap")) {
        if (!(twin instanceof HTMLInputElement) || twin.dataset.gap !== gap) continue;
        if (twin !== field) twin.value = field.value;
        twin.size = width(field.value || gap);
      }
    },
  });
  return field;
}

/** @param {string} text */
const width = (text) => Math.min(Math.max(text.length, 3), 32);

/**
 * A text that is clamped to a few lines when it is long, with a button that shows all of it.
 * @param {string} text
 * @param {{key: string, limit?: number, ui: Ui, actions: Actions}} options
 * @param {(text: string) => HTMLElement} [render]
 */
export function clamped(text, { key, limit = 240, ui, actions }, render = (whole) => h("p", {}, whole)) {
  if (text.length <= limit && text.split("\n").length <= 5) return [render(text)];
  const whole = ui.expanded.has(key);
  const body = render(text);
  body.classList.toggle("clamp", !whole);
  return [
    body,
    h(
      "button",
      {
        class: "link",
        type: "button",
        "aria-expanded": String(whole),
        "data-focus": `toggle ${key}`,
        onclick: () => actions.toggle(key),
      },
      whole ? "Show less" : "Show all",
    ),
  ];
}

/** Each source once. @param {Evidence[]} evidence */
export const distinct = (evidence) => [...new Map(evidence.map((item) => [`${item.type} ${item.id}`, item])).values()];

/**
 * Where a suggestion stands, behind a click.
 * @param {Evidence[]} evidence
 * @param {string} key
 */
export function sources(evidence, key) {
  if (!evidence.length) return null;
  return h(
    "details",
    { class: "sources", "data-key": `sources ${key}` },
    h("summary", { "data-focus": `sources ${key}` }, count(evidence.length, "source")),
    h(
      "ul",
      {},
      ...evidence.map(({ type, id, line }) =>
        h(
          "li",
          {},
          h("span", { class: "source-type" }, word(EVIDENCE, type)),
          " ",
          h("span", { class: "source-id" }, id, line ? `, line ${line}` : ""),
        ),
      ),
    ),
  );
}
