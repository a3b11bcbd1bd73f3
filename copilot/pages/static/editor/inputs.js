/** Inputs for single values, made from the JSON Schema: text, number, day, yes or no, one of a list. */

import { h } from "./dom.js";
import { wordsFor } from "./vocabulary.js";
import { capital, label, plainWords } from "./words.js";

/** @typedef {import("./types.js").Node} Node */
/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./fields.js").Form} Form */

export const LONG = 200; // texts that may be longer get a box of several lines

/** @param {Path} path */
export const keyOf = (path) => JSON.stringify(path);

/**
 * @param {Form} form
 * @param {Path} path
 * @param {Node} node
 * @param {any} value
 */
export function scalar(form, path, node, value) {
  const name = capital(label(path));
  const common = { "aria-label": name, "data-key": keyOf(path) };
  const words = wordsFor(node, path, form.given, form.content());
  if (node.type === "boolean") {
    const choose = (/** @type {Event} */ event) =>
      form.set(path, /** @type {HTMLSelectElement} */ (event.target).value === "yes");
    return select(
      [
        ["yes", "yes"],
        ["no", "no"],
      ],
      value === false ? "no" : "yes",
      choose,
      common,
    );
  }
  if (node.enum) {
    const known = node.enum.map((word) => /** @type {[string, string]} */ ([word, plainWords(word)]));
    const blank = value === undefined || !node.enum.includes(value);
    return select(
      blank ? [["", value === undefined ? "choose" : `${value} (not known)`], ...known] : known,
      blank ? "" : value,
      (event) => {
        const chosen = /** @type {HTMLSelectElement} */ (event.target).value;
        if (chosen) form.set(path, chosen);
      },
      common,
    );
  }
  if (node.type === "number" || node.type === "integer") {
    const step = node.type === "integer" ? 1 : "any";
    const { minimum: min, maximum: max } = node;
    return input({ ...common, type: "number", step, min, max, value: value ?? "" }, (typed) => {
      if (typed !== "" && Number.isFinite(Number(typed))) form.set(path, Number(typed));
    });
  }
  if (node.format === "date")
    return input(
      { ...common, type: "date", value: String(value ?? "").slice(0, 10) },
      (typed) => typed && form.set(path, typed),
    );
  const write = (/** @type {string} */ typed) => typed.trim() && form.set(path, typed.trim());
  if ((node.maxLength ?? 0) > LONG) return textbox(common, value, write);
  const list = words.length > 0 && h("datalist", { id: `list-${keyOf(path)}` });
  if (list) list.append(...words.slice(0, 500).map(({ word, about }) => h("option", { value: word }, about)));
  const box = input(
    { ...common, type: "text", maxlength: node.maxLength, list: list && list.id, value: value ?? "" },
    write,
  );
  return list ? h("span", { class: "with-list" }, box, list) : box;
}

/** @param {[string, string][]} options @param {string} chosen @param {(event: Event) => void} onchange @param {import("./dom.js").Props} props */
const select = (options, chosen, onchange, props) =>
  h(
    "select",
    { ...props, onchange },
    ...options.map(([value, name]) => h("option", { value, selected: value === chosen }, name)),
  );

/** @param {import("./dom.js").Props} props @param {(typed: string) => unknown} write */
function input(props, write) {
  const made = h("input", props);
  made.addEventListener("change", once(made, write));
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter") made.dispatchEvent(new Event("change"));
  });
  return made;
}

/** @param {import("./dom.js").Props} props @param {unknown} value @param {(typed: string) => unknown} write */
function textbox(props, value, write) {
  const made = h("textarea", { ...props, rows: 2 });
  made.value = String(value ?? "");
  made.addEventListener("change", once(made, write));
  return made;
}

/**
 * Writes what was typed, but the same only once: Enter, saving and leaving the field all say that it has changed.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {(typed: string) => unknown} write
 */
export function once(field, write) {
  let written = field.value;
  return () => {
    if (field.value === written || !field.reportValidity()) return;
    written = field.value;
    write(written);
  };
}
