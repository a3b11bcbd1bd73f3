/** One rule (or gesture, or example) of the form: a card that opens. */

import { ICONS, count, h, iconButton } from "./dom.js";
import { group } from "./fields.js";
import { keyOf } from "./inputs.js";
import { capital, inShort, sentence, slug, titleOf } from "./words.js";

/** @typedef {import("./fields.js").Form} Form */
/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./types.js").Problem} Problem */

/**
 * @typedef {object} CardActions
 * @property {(path: Path) => void} toggle
 * @property {(path: Path, to: number) => void} move
 * @property {(path: Path) => void} duplicate
 * @property {(path: Path) => void} drop
 * @property {(path: Path) => void} show
 * @property {(problem: Problem) => void} go
 */

/**
 * @param {Form} form
 * @param {Path} path of the entry
 * @param {Record<string, any>} entry
 * @param {{open: boolean, last: number, one: string, problems: Problem[]}} about `last`: the index of the last entry
 * @param {CardActions} actions
 */
export function card(form, path, entry, { open, last, one, problems }, actions) {
  const at = Number(path.at(-1));
  const isRule = path[0] === "rules";
  const key = keyOf(path);
  const title = entry.id ? titleOf(entry.id) : entry.text ? inShort(entry.text) : `${capital(one)} ${at + 1}`;
  const off = entry.enabled === false;
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const body = `body-${path.join("-")}`;
  const head = h(
    "div",
    { class: "rule-head" },
    h(
      "h3",
      {},
      h(
        "button",
        {
          type: "button",
          class: "rule-title",
          "data-key": `${key}head`,
          "aria-expanded": String(open),
          "aria-controls": open ? body : null,
          onclick: () => actions.toggle(path),
          onkeydown: (/** @type {KeyboardEvent} */ event) => {
            const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
            if (!step || at + step < 0 || at + step > last) return;
            event.preventDefault();
            actions.move(path, at + step);
          },
        },
        h("span", {}, title),
      ),
    ),
    errors > 0 && h("span", { class: "label error" }, count(errors, "error")),
    errors === 0 && problems.length > 0 && h("span", { class: "label warning" }, count(problems.length, "warning")),
    ...badges(entry).map((text) => h("span", { class: "label" }, text)),
    isRule &&
      h(
        "label",
        { class: "switch" },
        h("input", {
          type: "checkbox",
          role: "switch",
          checked: !off,
          "aria-label": `${title}: enabled`,
          "data-key": `${key}enabled`,
          onchange: (/** @type {Event} */ event) =>
            /** @type {HTMLInputElement} */ (event.target).checked
              ? form.remove([...path, "enabled"])
              : form.set([...path, "enabled"], false),
        }),
        h("span", { "aria-hidden": "true" }, off ? "off" : "on"),
      ),
  );
  return h(
    "article",
    { class: `card rule${off ? " off" : ""}${open ? " open" : ""}`, "data-path": key, "aria-label": title },
    head,
    !open && gist(entry, isRule),
    open &&
      h("div", { class: "rule-body", id: body }, ...inside(form, path, entry, { isRule, one, problems }, actions)),
    open && tools(path, { at, last, title, one, key }, actions),
  );
}

/** What an entry says, in a sentence or two. @param {Record<string, any>} entry @param {boolean} isRule */
function gist(entry, isRule) {
  if (!isRule) {
    const { id: _, text: __, ...rest } = entry;
    return h("p", { class: "gist" }, inShort(rest.gesture ?? Object.values(rest)[0]));
  }
  const when = sentence(entry.when, "when");
  const then = sentence(entry.then, "then");
  return h(
    "p",
    { class: "gist" },
    h("span", { class: "side" }, "When "),
    when || "…",
    h("br"),
    h("span", { class: "side" }, "then "),
    then || "…",
  );
}

/** @param {Record<string, any>} entry */
function badges(entry) {
  return [
    entry.priority && `priority ${entry.priority}`,
    entry.stop && "stops here",
    entry.share !== undefined && entry.share !== 100 && `${entry.share} %`,
    entry.valid_from && `from ${inShort(entry.valid_from)}`,
    entry.valid_until && `until ${inShort(entry.valid_until)}`,
    entry.cost !== undefined && `costs ${entry.cost}`,
  ].filter(Boolean);
}

/**
 * @param {Form} form
 * @param {Path} path
 * @param {Record<string, any>} entry
 * @param {{isRule: boolean, one: string, problems: Problem[]}} about
 * @param {CardActions} actions
 */
function inside(form, path, entry, { isRule, one, problems }, actions) {
  const wrong =
    problems.length > 0 &&
    h(
      "ul",
      { class: "problems" },
      ...problems.map((problem) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", onclick: () => actions.go(problem) },
            h("span", { class: `label ${problem.severity}` }, problem.severity),
            h("span", { class: "what" }, problem.message),
            h("span", { class: "where" }, `line ${problem.line}`),
          ),
        ),
      ),
    );
  if (!isRule) {
    const named = entry.id !== undefined || form.schema.at(path, form.content())?.properties?.id;
    return [wrong, named && nameField(form, path, entry), group(form, path, entry, { without: ["id"] })];
  }
  const rest = Object.keys(form.schema.at(path, form.content())?.properties ?? {}).filter(
    (key) => !["id", "when", "then", "enabled"].includes(key),
  );
  return [
    wrong,
    nameField(form, path, entry),
    h(
      "section",
      { class: "side-box when", "aria-label": "When" },
      h("h4", {}, "When"),
      group(form, [...path, "when"], entry.when ?? {}, { add: "Add a condition" }),
    ),
    h(
      "section",
      { class: "side-box then", "aria-label": "Then" },
      h("h4", {}, "Then"),
      group(form, [...path, "then"], entry.then ?? {}, { add: "Add what follows" }),
    ),
    group(form, path, entry, { only: rest, add: `More about this ${one}` }),
  ];
}

/** The id, typed as a title. @param {Form} form @param {Path} path @param {Record<string, any>} entry */
function nameField(form, path, entry) {
  const input = h("input", {
    type: "text",
    value: titleOf(entry.id),
    maxlength: 80,
    "aria-label": "Name",
    "data-key": `${keyOf(path)}name`,
  });
  const write = () => {
    const id = slug(input.value);
    if (id && id !== entry.id) form.set([...path, "id"], id);
    else input.value = titleOf(entry.id);
  };
  input.addEventListener("change", write);
  return h(
    "div",
    { class: "row", role: "group", "aria-label": "Name" },
    h("span", { class: "row-name" }, "Name"),
    input,
    h("code", { class: "hint" }, entry.id ?? ""),
  );
}

/**
 * @param {Path} path
 * @param {{at: number, last: number, title: string, one: string, key: string}} about
 * @param {CardActions} actions
 */
function tools(path, { at, last, title, one, key }, actions) {
  return h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": `${title}: tools` },
    iconButton(ICONS.up, "Move up", {
      disabled: at === 0,
      "data-key": `${key}up`,
      onclick: () => actions.move(path, at - 1),
    }),
    iconButton(ICONS.down, "Move down", {
      disabled: at === last,
      "data-key": `${key}down`,
      onclick: () => actions.move(path, at + 1),
    }),
    iconButton(ICONS.copy, `Copy this ${one}`, { "data-key": `${key}copy`, onclick: () => actions.duplicate(path) }),
    iconButton(ICONS.code, "Show in the YAML", { "data-key": `${key}show`, onclick: () => actions.show(path) }),
    iconButton(ICONS.bin, `Delete this ${one}`, {
      class: "icon-button danger",
      "data-key": `${key}drop`,
      onclick: () => actions.drop(path),
    }),
  );
}
