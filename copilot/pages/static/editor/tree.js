/** Reads the YAML text: its content, where each part of it stands, and what keeps it from being read. */

import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from "./vendor/codemirror.js";

/** @typedef {import("./types.js").Path} Path */
/** @typedef {{value: any, broken: {line: number, message: string} | null, range: (path: Path) => Range | null}} Tree */
/** @typedef {{from: number, to: number}} Range */

/**
 * @param {string} text
 * @returns {Tree}
 */
export function readTree(text) {
  const lines = new LineCounter();
  const made = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const error = made.errors[0];
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    return { value: null, broken: { line, message: error.message }, range: () => null };
  }
  let value = null;
  try {
    value = made.toJS({ maxAliasCount: 100 });
  } catch {
    return { value: null, broken: { line: 1, message: "too many aliases" }, range: () => null };
  }
  if (value !== null && (typeof value !== "object" || Array.isArray(value)))
    return {
      value: null,
      broken: { line: 1, message: "a playbook begins with keys such as name and rules" },
      range: () => null,
    };
  return { value: value ?? {}, broken: null, range: (path) => rangeOf(made, path) };
}

/**
 * From the key (or the entry) to its end, of the deepest part of `path` that is there.
 * @param {ReturnType<typeof parseDocument>} made
 * @param {Path} path
 * @returns {Range | null}
 */
function rangeOf(made, path) {
  /** @type {any} */
  let node = made.contents;
  /** @type {Range | null} */
  let found = null;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(made);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) return found;
      const key = /** @type {any} */ (pair.key);
      node = pair.value;
      found = { from: key.range[0], to: node?.range?.[1] ?? key.range[1] };
    } else if (isSeq(node) && typeof step === "number" && node.items[step]) {
      node = node.items[step];
      found = { from: node.range[0], to: node.range[1] };
    } else return found;
  }
  return found;
}
