/** Walks the JSON Schema of a playbook file by a path of the YAML tree. */

/** @typedef {import("./types.js").Node} Node */
/** @typedef {import("./types.js").Path} Path */

export class Schema {
  /** @param {Node} root */
  constructor(root) {
    this.root = root;
  }

  /**
   * The node behind $ref and optional branches. Of several shapes it is the one that `value` has, else the first.
   * @param {Node | undefined | boolean} node
   * @param {unknown} [value]
   * @returns {Node}
   */
  plain(node, value) {
    if (!node || typeof node !== "object") return {};
    let found = node;
    for (let depth = 0; depth < 12; depth++) {
      const next = this.#next(found, value);
      if (!next) return found;
      const { $ref, anyOf, oneOf, allOf, ...own } = found;
      found = { ...next, ...own }; // what is said beside a $ref (a description, a default) counts more
    }
    return found;
  }

  /** @param {Node} node @param {unknown} value @returns {Node | undefined} */
  #next(node, value) {
    if (node.$ref) return this.root.$defs?.[node.$ref.split("/").pop() ?? ""];
    if (node.allOf?.length === 1) return node.allOf[0];
    const branches = this.branches(node);
    return branches.find((one) => value !== undefined && value !== null && this.#fits(one, value)) ?? branches[0];
  }

  /** The shapes that a node may have, without null. @param {Node} node @returns {Node[]} */
  branches(node) {
    return (node.anyOf ?? node.oneOf ?? []).flatMap((one) => {
      const inner = this.branches(one);
      return inner.length ? inner : one.type === "null" ? [] : [one];
    });
  }

  /** @param {Node} node @param {unknown} value */
  #fits(node, value) {
    const plain = node.$ref ? (this.root.$defs?.[node.$ref.split("/").pop() ?? ""] ?? {}) : node;
    if (plain.enum && !plain.enum.includes(/** @type {string} */ (value))) return false;
    if (plain.const !== undefined) return plain.const === value;
    const kind = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
    const wanted = plain.type === "integer" ? "number" : plain.type;
    if (wanted !== undefined && wanted !== kind) return false;
    if (kind !== "object" || !plain.properties) return true;
    return Object.keys(/** @type {object} */ (value)).every((key) => plain.properties && key in plain.properties);
  }

  /**
   * The node at a path, or undefined where the schema knows nothing. `value` is the file's content as far as it can be
   * read: it decides between several shapes.
   * @param {Path} path
   * @param {any} [value]
   * @returns {Node | undefined}
   */
  at(path, value) {
    let node = this.plain(this.root, value);
    for (const step of path) {
      value = value?.[step];
      const inner = typeof step === "number" ? node.items : (node.properties?.[step] ?? entryOf(node));
      if (!inner) return undefined;
      node = this.plain(inner, value);
    }
    return node;
  }

  /** The keys of an object, in the order of the schema. @param {Node} node @returns {[string, Node][]} */
  keys(node) {
    return Object.entries(node.properties ?? {});
  }
}

/** What the entries of an object with free keys are, such as sentences by language. @param {Node} node */
export function entryOf(node) {
  const [byPattern] = Object.values(node.patternProperties ?? {});
  return byPattern ?? (typeof node.additionalProperties === "object" ? node.additionalProperties : undefined);
}

/** @param {Node} node */
export function isScalar(node) {
  return !node.properties && node.type !== "array" && node.type !== "object";
}
