/** What the form asks the service to change in the text, from paths and values. Pure. */

/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./types.js").Edit} Edit */

const KEPT = new Set(["rules", "when", "then"]); // stay, even when nothing is left in them

/**
 * Sets a value. What is missing on the way is made with it, so that one edit is enough.
 * @param {any} content
 * @param {Path} path
 * @param {unknown} value
 * @returns {Edit}
 */
export function setting(content, path, value) {
  let node = content;
  for (let at = 0; at < path.length; at++) {
    const step = path[at];
    const next = node?.[step];
    if (at === path.length - 1 || isBare(next)) {
      const whole = wrapped(path.slice(at + 1), value);
      if (Array.isArray(node) && Number(step) >= node.length)
        return { path: [...path.slice(0, at), node.length], insert: whole };
      return { path: path.slice(0, at + 1), value: whole };
    }
    node = next;
  }
  throw new Error("an edit needs a path");
}

/**
 * Appends to the list at `path`.
 * @param {any} content
 * @param {Path} path
 * @param {unknown} value
 * @returns {Edit}
 */
export function appending(content, path, value) {
  const list = valueAt(content, path);
  return Array.isArray(list) && list.length
    ? { path: [...path, list.length], insert: value }
    : setting(content, path, [value]);
}

/**
 * Takes a part away, and what would be left empty around it.
 * @param {any} content
 * @param {Path} path
 * @returns {Edit}
 */
export function removal(content, path) {
  let gone = path;
  while (gone.length > 1 && !KEPT.has(String(gone.at(-2)))) {
    const parent = valueAt(content, gone.slice(0, -1));
    if (parent && Object.keys(parent).length > 1) break;
    gone = gone.slice(0, -1);
  }
  return { path: gone, value: null };
}

/** @param {any} content @param {Path} path */
export const valueAt = (content, path) => path.reduce((value, step) => value?.[step], content);

/** Nothing, an empty list or group, or a single value where a group is wanted. @param {unknown} value */
const isBare = (value) => value === null || typeof value !== "object" || Object.keys(value).length === 0;

/** @param {Path} path @param {unknown} value */
const wrapped = (path, value) =>
  path.reduceRight(
    (/** @type {unknown} */ inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }),
    value,
  );
