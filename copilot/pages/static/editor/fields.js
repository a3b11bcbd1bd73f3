/** Inputs made from the JSON Schema: a field for each part of the file, whatever the language grows to have. */

import { ICONS, h, iconButton } from "./dom.js";
import { LONG, keyOf, once, scalar } from "./inputs.js";
import { picker } from "./picker.js";
import { entryOf, isScalar } from "./schema.js";
import { wordsFor } from "./vocabulary.js";
import { capital, label, plainWords, rank, topic } from "./words.js";

/** @typedef {import("./types.js").Node} Node */
/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./types.js").Edit} Edit */
/** @typedef {import("./types.js").Given} Given */

/**
 * What fields need of the form. `set`, `add` and `remove` change the text; `pend` shows an empty field that is not in
 * the text yet.
 * @typedef {object} Form
 * @property {import("./schema.js").Schema} schema
 * @property {Given} given
 * @property {() => any} content
 * @property {(path: Path, value: unknown) => void} set
 * @property {(path: Path, value: unknown) => void} add appends to the list at `path`
 * @property {(path: Path) => void} remove
 * @property {(path: Path, shape?: number) => void} pend
 * @property {(path: Path) => string[]} pending the keys below a path that wait for a value
 * @property {(path: Path) => number | undefined} shape which of several shapes was chosen
 */

const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da"];
const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

/**
 * @param {Form} form
 * @param {Path} path
 * @param {unknown} value
 * @returns {HTMLElement}
 */
export function field(form, path, value) {
  const raw = rawAt(form, path);
  const shapes = form.schema.branches(raw);
  const shape = form.shape(path);
  const node = form.schema.plain(shape !== undefined && shapes[shape] ? shapes[shape] : raw, value);
  if (value !== undefined && value !== null && !readable(node, value)) return opaque(path, value);
  const made = ofKind(form, path, node, value);
  const chosen = shapes.findIndex((one) => form.schema.plain(one) === node || same(form, one, node));
  if (shapes.length < 2) return made;
  const others = shapes.flatMap((one, index) => (index === chosen ? [] : [{ index, plain: form.schema.plain(one) }]));
  return h(
    "div",
    { class: "shapes" },
    made,
    ...others.map(({ index, plain }) =>
      h(
        "button",
        {
          type: "button",
          class: "link",
          "data-key": `${keyOf(path)}shape${index}`,
          onclick: () => form.pend(path, index),
        },
        plain.properties ? "Describe it here instead" : "Choose one by its name instead",
      ),
    ),
  );
}

/** @param {Form} form @param {Node} one @param {Node} node */
const same = (form, one, node) => form.schema.plain(one).type === node.type;

/** The schema at a path before one of several shapes is chosen. @param {Form} form @param {Path} path @returns {Node} */
function rawAt(form, path) {
  const parent = form.schema.at(path.slice(0, -1), form.content());
  const step = path.at(-1) ?? "";
  const inner = typeof step === "number" ? parent?.items : (parent?.properties?.[step] ?? (parent && entryOf(parent)));
  return inner ?? {};
}

/** @param {Node} node @param {unknown} value */
function readable(node, value) {
  if (node.type === "array") return Array.isArray(value);
  if (node.properties || node.type === "object") return typeof value === "object" && !Array.isArray(value);
  return typeof value !== "object" || value instanceof Date;
}

/**
 * @param {Form} form
 * @param {Path} path
 * @param {Node} node
 * @param {any} value
 */
function ofKind(form, path, node, value) {
  if (node.type === "array") {
    const entry = form.schema.plain(node.items);
    if (!isScalar(entry)) return groups(form, path, value ?? []);
    return (entry.maxLength ?? 0) > LONG
      ? texts(form, path, entry, value ?? [])
      : chips(form, path, entry, value ?? []);
  }
  if (node.properties) return group(form, path, value ?? {});
  if (node.type === "object") return dictionary(form, path, node, value ?? {});
  return scalar(form, path, node, value);
}

/**
 * An object as rows of label and field; keys that are not there are added from a list.
 * @param {Form} form
 * @param {Path} path
 * @param {Record<string, unknown>} value
 * @param {{only?: string[], without?: string[], always?: string[], add?: string}} [options] `always`: rows that are there even
 *   without a value, as are those of required keys
 * @returns {HTMLElement}
 */
export function group(form, path, value, { only, without = [], always = [], add } = {}) {
  const node = form.schema.at(path, form.content()) ?? {};
  const inner = node.properties ? node : form.schema.plain(node.items);
  const known = Object.keys(inner.properties ?? {}).filter(
    (key) => (!only || only.includes(key)) && !without.includes(key),
  );
  const awaited = [...form.pending(path), ...always, ...(inner.required ?? [])];
  const present = Object.keys(value).filter((key) => (!only || only.includes(key)) && !without.includes(key));
  const empty = known.filter((key) => !(key in value) && awaited.includes(key));
  const rows = [...new Set([...always, ...present, ...empty])];
  const missing = known.filter((key) => !rows.includes(key));
  return h(
    "div",
    { class: "group" },
    ...rows.map((key) =>
      row(form, [...path, key], value[key], { removable: !inner.required?.includes(key) && !always.includes(key) }),
    ),
    missing.length > 0 &&
      picker({
        name: add ?? `Add ${missing.length > 3 ? "more" : missing.map((key) => label([...path, key])).join(", ")}`,
        key: `${keyOf(path)}add`,
        choices: () =>
          missing
            .map((key) => ({
              value: key,
              name: capital(label([...path, key])),
              about: describe(form, [...path, key]),
              topic: topic([...path, key]),
            }))
            .sort((a, b) => rank([...path, a.value]) - rank([...path, b.value])),
        choose: (key) => begin(form, [...path, key]),
      }),
  );
}

/**
 * A yes or no is written at once; everything else waits for its value.
 * @param {Form} form
 * @param {Path} path
 */
function begin(form, path) {
  if (form.schema.at(path, form.content())?.type === "boolean") form.set(path, true);
  else form.pend(path);
}

/** @param {Form} form @param {Path} path */
const describe = (form, path) =>
  rawAt(form, path).description ?? form.schema.at(path, form.content())?.description ?? "";

/**
 * @param {Form} form
 * @param {Path} path
 * @param {unknown} value
 * @param {{removable?: boolean, help?: boolean}} [options]
 */
export function row(form, path, value, { removable = true } = {}) {
  const node = form.schema.at(path, form.content()) ?? {};
  const wide =
    node.type === "array" ? !isScalar(form.schema.plain(node.items)) : !isScalar(node) || (node.maxLength ?? 0) > LONG;
  const words = capital(label(path));
  const about = describe(form, path);
  return h(
    "div",
    { class: wide ? "row wide" : "row", "data-path": keyOf(path), role: "group", "aria-label": words },
    h("span", { class: "row-name", title: about }, words),
    field(form, path, value),
    removable &&
      iconButton(ICONS.cross, `Remove: ${words}`, {
        "data-key": `${keyOf(path)}remove`,
        onclick: () => form.remove(path),
      }),
  );
}

/**
 * Short words as chips.
 * @param {Form} form
 * @param {Path} path
 * @param {Node} entry
 * @param {unknown[]} value
 */
function chips(form, path, entry, value) {
  const words = () => wordsFor(entry, path, form.given, form.content());
  return h(
    "div",
    { class: "chips" },
    ...value.map((word, at) =>
      h(
        "span",
        { class: "chip" },
        entry.enum ? plainWords(word) : String(word),
        iconButton(ICONS.cross, `Remove ${plainWords(word)}`, {
          "data-key": `${keyOf([...path, at])}remove`,
          onclick: () => form.remove([...path, at]),
        }),
      ),
    ),
    picker({
      name: `Add to: ${label(path)}`,
      key: `${keyOf(path)}add`,
      quiet: value.length > 0,
      free: !entry.enum,
      choices: () =>
        words()
          .filter(({ word }) => !value.includes(word))
          .map(({ word, about }) => ({
            value: word,
            name: entry.enum ? plainWords(word) : word,
            about: entry.enum ? "" : about,
          })),
      choose: (word) => form.add(path, /** @type {any} */ (entry).type === "integer" ? Number(word) : word),
    }),
  );
}

/**
 * Longer texts, one below the other.
 * @param {Form} form
 * @param {Path} path
 * @param {Node} entry
 * @param {unknown[]} value
 */
function texts(form, path, entry, value) {
  const blank = h("textarea", {
    rows: 1,
    "aria-label": `New: ${label(path)}`,
    "data-key": `${keyOf(path)}new`,
    placeholder: "Add a text",
  });
  blank.addEventListener(
    "change",
    once(blank, (typed) => typed.trim() && form.add(path, typed.trim())),
  );
  return h(
    "div",
    { class: "texts" },
    ...value.map((text, at) =>
      h(
        "div",
        { class: "line" },
        scalar(form, [...path, at], entry, text),
        iconButton(ICONS.cross, `Remove text ${at + 1}`, {
          "data-key": `${keyOf([...path, at])}remove`,
          onclick: () => form.remove([...path, at]),
        }),
      ),
    ),
    blank,
  );
}

/**
 * Objects in a list: the groups of all, any and none.
 * @param {Form} form
 * @param {Path} path
 * @param {Record<string, unknown>[]} value
 */
function groups(form, path, value) {
  const waiting = form
    .pending(path)
    .map(Number)
    .filter((at) => at >= value.length);
  const all = [...value.map((_, at) => at), ...(value.length || waiting.length ? waiting : [0])];
  return h(
    "div",
    { class: "groups" },
    ...all.map((at) =>
      h(
        "div",
        { class: "boxed", role: "group", "aria-label": `Group ${at + 1}` },
        group(form, [...path, at], value[at] ?? {}, { add: "Add a condition" }),
        at < value.length &&
          iconButton(ICONS.cross, `Remove group ${at + 1}`, {
            "data-key": `${keyOf([...path, at])}remove`,
            onclick: () => form.remove([...path, at]),
          }),
      ),
    ),
    value.length > 0 &&
      !waiting.length &&
      h(
        "button",
        {
          type: "button",
          class: "link",
          "data-key": `${keyOf(path)}more`,
          onclick: () => form.pend([...path, value.length]),
        },
        "Add a group",
      ),
  );
}

/**
 * Free keys, mostly languages.
 * @param {Form} form
 * @param {Path} path
 * @param {Node} node
 * @param {Record<string, unknown>} value
 */
function dictionary(form, path, node, value) {
  const languages = node.patternProperties !== undefined;
  const keys = [...Object.keys(value), ...form.pending(path).filter((key) => !(key in value))];
  return h(
    "div",
    { class: "group dictionary" },
    ...keys.map((key) =>
      h(
        "div",
        { class: "row", role: "group", "aria-label": languages ? (names.of(key) ?? key) : key },
        h("span", { class: "row-name" }, languages ? names.of(key) : key),
        field(form, [...path, key], value[key]),
        iconButton(ICONS.cross, `Remove: ${key}`, {
          "data-key": `${keyOf([...path, key])}remove`,
          onclick: () => form.remove([...path, key]),
        }),
      ),
    ),
    picker({
      name: languages ? "Add a language" : "Add a name",
      key: `${keyOf(path)}add`,
      free: true,
      choices: () =>
        languages
          ? LANGUAGES.filter((key) => !keys.includes(key)).map((key) => ({
              value: key,
              name: names.of(key) ?? key,
              about: key,
            }))
          : [],
      choose: (key) => form.pend([...path, key]),
    }),
  );
}

/** What no field fits is shown as it is, and edited as YAML. @param {Path} path @param {unknown} value */
function opaque(path, value) {
  return h(
    "div",
    { class: "opaque" },
    h("code", {}, JSON.stringify(value)),
    h("span", { class: "hint" }, ` ${capital(label(path))} does not fit here; change it in the YAML.`),
  );
}
