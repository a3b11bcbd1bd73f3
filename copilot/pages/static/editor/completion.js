/** Completion and hover from the JSON Schema, by the position in the YAML tree. */

import { hoverTooltip, startCompletion } from "./vendor/codemirror.js";
import { h } from "./dom.js";
import { slotAt } from "./position.js";
import { isScalar } from "./schema.js";
import { wordsFor } from "./vocabulary.js";
import { capital, label, plainWords } from "./words.js";

/** @typedef {import("./types.js").Node} Node */
/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./schema.js").Schema} Schema */
/** @typedef {import("./vendor/codemirror.js").EditorView} EditorView */

/**
 * @param {Schema} schema
 * @param {Given} given
 * @param {() => any} content the file's content when it could last be read
 */
export function completions(schema, given, content) {
  /** @param {{state: import("./vendor/codemirror.js").EditorState, pos: number, explicit: boolean}} context */
  return (context) => {
    const slot = slotAt(context.state, context.pos);
    if (!slot || (!slot.typed && !context.explicit && slot.beside === "line")) return null;
    const node = schema.at(slot.path, content());
    if (!node) return null;
    const validFor = /^[\w-]*$/;
    const entry = node.type === "array" ? schema.plain(node.items) : node;
    if (node.type === "array" && entry.properties && slot.beside !== "line") return null;
    if (entry.properties) {
      const dash = node.type === "array" ? "- " : "";
      const taken = siblings(context.state, slot, content());
      const options = schema
        .keys(entry)
        .filter(([key]) => !taken.has(key))
        .map(([key, inner], at) => ({
          label: key,
          type: "property",
          detail: kindOf(schema, schema.plain(inner)),
          info: describe(schema.plain(inner), inner) || undefined,
          boost: -at,
          apply: applyKey(schema, schema.plain(inner), key, dash, slot.beside === "bracket"),
        }));
      return { from: slot.from, options, validFor };
    }
    const words = wordsFor(entry, slot.path, given, content());
    const list = node.type === "array";
    const options = words.map(({ word, about }) => ({
      label: word,
      type: entry.enum ? "enum" : "constant",
      ...(about && about !== word && { detail: about.length > 48 ? `${about.slice(0, 46)}…` : about }),
      apply: list ? (slot.beside === "line" ? `- ${quoted(word)}` : `[${quoted(word)}]`) : quoted(word),
    }));
    return options.length ? { from: slot.from, options, validFor: /^[^\s,[\]{}#:]*$/ } : null;
  };
}

/** The keys that stand beside the cursor already. @param {any} state @param {any} slot @param {any} content */
function siblings(state, slot, content) {
  let value = content;
  for (const step of slot.path) value = value?.[step];
  const word = state.sliceDoc(slot.from, state.doc.lineAt(slot.from).to).match(/^[\w-]+/)?.[0];
  return new Set(
    Object.keys(value && typeof value === "object" && !Array.isArray(value) ? value : {}).filter((key) => key !== word),
  );
}

/**
 * Writes a key with what its value needs, and asks at once for the value.
 * @param {Schema} schema
 * @param {Node} node
 * @param {string} key
 * @param {string} dash
 * @param {boolean} flow
 */
function applyKey(schema, node, key, dash, flow) {
  return (
    /** @type {EditorView} */ view,
    /** @type {unknown} */ _,
    /** @type {number} */ from,
    /** @type {number} */ to,
  ) => {
    const line = view.state.doc.lineAt(from);
    const column = from - line.from + dash.length;
    const rest = view.state.sliceDoc(to, line.to);
    const below = `\n${" ".repeat(column + 2)}`;
    let [before, after] = [`${dash}${key}: `, ""];
    if (/^\s*:/.test(rest)) before = key;
    else if (node.type === "array" && isScalar(schema.plain(node.items))) [before, after] = [`${before}[`, "]"];
    else if (node.type === "array" && !flow) before = `${dash}${key}:${below}- `;
    else if (node.type === "object" && !flow) before = `${dash}${key}:${below}`;
    else if (node.type === "object") [before, after] = [`${before}{`, "}"];
    view.dispatch({
      changes: { from, to, insert: before + after },
      selection: { anchor: from + before.length },
      userEvent: "input.complete",
    });
    if (before !== key) startCompletion(view);
  };
}

/** A word as YAML: in quotes only where it must be. @param {string} word */
export const quoted = (word) =>
  /^[A-Za-z][\w./ -]*$/.test(word) && !/^(true|false|null|yes|no|on|off|~)$/i.test(word) && word.trim() === word
    ? word
    : /^(true|false)$/.test(word)
      ? word
      : JSON.stringify(word);

/**
 * @param {Schema} schema
 * @param {Node} node
 */
function kindOf(schema, node) {
  if (node.type === "array") return schema.plain(node.items).properties ? "list of groups" : "list";
  if (node.properties || node.type === "object") return "group";
  return node.enum
    ? "one of a list"
    : (node.format ?? { boolean: "yes or no", string: "text" }[node.type ?? ""] ?? node.type ?? "");
}

/** @param {Node} node @param {Node} [outer] */
const describe = (node, outer) => outer?.description ?? node.description ?? "";

/**
 * @param {Schema} schema
 * @param {() => any} content
 */
export function hovers(schema, content) {
  return hoverTooltip((view, at) => {
    const line = view.state.doc.lineAt(at);
    for (const found of line.text.matchAll(/([\w-]+)(\s*:(?=\s|$))?/g)) {
      const from = line.from + found.index;
      const to = from + found[1].length;
      if (at < from || at > to) continue;
      const slot = slotAt(view.state, found[2] ? to + found[2].length : to);
      const node = slot && schema.at(slot.path, content());
      if (!slot || !node) return null;
      const word = found[1];
      if (!found[2] && !(node.enum ?? schema.plain(node.items).enum)?.includes(word)) return null;
      const title = found[2] ? capital(label(slot.path)) : capital(plainWords(word));
      const enums = found[2] ? (node.enum ?? schema.plain(node.items).enum) : undefined;
      const text = describe(node);
      return {
        pos: from,
        end: to,
        create: () => ({
          dom: h(
            "div",
            { class: "hover" },
            h("strong", {}, title),
            text && h("p", {}, text),
            enums && h("p", { class: "hint" }, enums.slice(0, 8).join(", "), enums.length > 8 && " …"),
          ),
        }),
      };
    }
    return null;
  });
}
