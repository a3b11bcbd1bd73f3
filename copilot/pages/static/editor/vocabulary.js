/** The words that may stand at a place: ids that the language closes, and what this shop has. */

import { plainWords } from "./words.js";

/** @typedef {import("./types.js").Node} Node */
/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./types.js").Given} Given */
/** @typedef {{word: string, about: string}} Word */

/** Where the schema does not say it, the name of the key does. @type {Record<string, string>} */
const BY_KEY = {
  code: "codes",
  codes: "codes",
  handle: "handles",
  handles: "handles",
  product: "handles",
  products: "handles",
  types: "product_types",
  product_types: "product_types",
  product_tags: "product_tags",
  gesture: "gestures",
};

/**
 * @param {Node} node what the schema says of the place
 * @param {Path} path
 * @param {Given} given
 * @param {any} content the file as far as it can be read
 * @returns {Word[]}
 */
export function wordsFor(node, path, given, content) {
  if (node.enum) return node.enum.map((word) => ({ word: String(word), about: plainWords(word) }));
  if (node.const !== undefined) return [{ word: String(node.const), about: "" }];
  if (node.type === "boolean") return ["true", "false"].map((word) => ({ word, about: "" }));
  const keys = path.filter((step) => typeof step === "string");
  const key = String(keys.at(-1) ?? "");
  const scoped = key === "tags" && ["prefer", "avoid"].includes(String(keys.at(-2)));
  const source = node["x-from"] ?? (scoped ? "product_tags" : BY_KEY[key]);
  const { codes = [], products = [], types = [], tags = [] } = given.catalog ?? {};
  switch (source) {
    case "codes":
      return codes.map(({ code, title }) => ({ word: code, about: title ?? "" }));
    case "handles":
      return products.map(({ handle, title }) => ({ word: handle, about: title ?? "" }));
    case "product_types":
      return types.map((word) => ({ word, about: "" }));
    case "product_tags":
      return tags.map((word) => ({ word, about: "" }));
    case "gestures":
      return (Array.isArray(content?.gestures) ? content.gestures : [])
        .filter((/** @type {any} */ one) => one?.id && path[0] !== "gestures")
        .map((/** @type {any} */ one) => ({ word: String(one.id), about: String(one.gesture ?? "") }));
    default:
      return [];
  }
}
