/**
 * Where in the YAML tree the cursor is, also while the text is unfinished: by indentation for blocks, by brackets for
 * what is written in one line. The syntax tree only says what is comment, quotation or block of text.
 */

import { ensureSyntaxTree } from "./vendor/codemirror.js";

/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./vendor/codemirror.js").EditorState} EditorState */

/**
 * `path` leads to what can be written here; whether that is a key, an entry or a value, the schema knows.
 * `from` is where the word under the cursor begins, `typed` the word as far as the cursor. `beside`: the place follows
 * a colon, a dash or a bracket in its line. `flow`: within brackets.
 * @typedef {{path: Path, from: number, typed: string, beside: "colon" | "dash" | "bracket" | "line"}} Slot
 */

const HEAD = /^(\s*)((?:-(?:\s+|$))*)(?:((?:"[^"]*"|'[^']*'|[^\s#:'"[\]{},&*!|>%@`-][^:#]*?)):(?=\s|$))?/;

/**
 * @param {EditorState} state
 * @param {number} at
 * @returns {Slot | null} null where nothing can be completed: comments, blocks of text
 */
export function slotAt(state, at) {
  const outer = enclosing(state, at);
  if (outer === "text") return null;
  const start = outer?.from ?? at;
  const line = state.doc.lineAt(start);
  const head = line.text.slice(0, start - line.from);
  if (outer) {
    const inner = withinBrackets(state.sliceDoc(start, at));
    if (!inner) return null;
    const { path } = block(state, line.number, head);
    return { path: [...path, ...inner.path], from: start + inner.from, typed: inner.typed, beside: "bracket" };
  }
  const found = block(state, line.number, head);
  const typed = head.slice(found.column).replace(/^["']/, "");
  return { path: found.path, from: at - typed.length, typed, beside: found.beside };
}

/**
 * The outermost bracket that is open at a place, or "text" in comments and blocks of text.
 * @param {EditorState} state
 * @param {number} at
 * @returns {{from: number} | "text" | null}
 */
function enclosing(state, at) {
  /** @type {{from: number} | null} */
  let outer = null;
  const tree = ensureSyntaxTree(state, at, 100);
  for (let node = tree?.resolveInner(at, -1) ?? null; node; node = node.parent) {
    if (/Comment|BlockLiteral(Content|$)/.test(node.name) && at > node.from) return "text";
    const closed = (node.lastChild?.name === "]" || node.lastChild?.name === "}") && at >= node.to;
    if (/^Flow(Sequence|Mapping)$/.test(node.name) && at > node.from && !closed) outer = { from: node.from };
  }
  return outer;
}

/**
 * The path by the indentation of the lines above.
 * @param {EditorState} state
 * @param {number} number the line's
 * @param {string} head the line as far as the cursor
 * @returns {{path: Path, column: number, beside: "colon" | "dash" | "line"}} `column`: where the word begins
 */
function block(state, number, head) {
  const parts = /** @type {RegExpExecArray} */ (HEAD.exec(head));
  const [all, indent, dashes, key] = parts;
  /** @type {Path} */
  const path = [];
  let limit = indent.length + dashes.length; // what stands further right is no parent
  let column = limit;
  /** @type {"colon" | "dash" | "line"} */
  let beside = dashes ? "dash" : "line";
  if (key !== undefined) {
    path.unshift(unquoted(key));
    column = all.length + (/^\s*/.exec(head.slice(all.length))?.[0].length ?? 0);
    beside = "colon";
  }
  let list = -1; // the column of the list whose entries above are being counted
  let index = 0;
  const open = (/** @type {number} */ at) => {
    [list, index] = [at, 0];
    limit = at;
  };
  const close = () => {
    if (list >= 0) path.unshift(index);
    list = -1;
  };
  for (const dash of dashesOf(indent.length, dashes).reverse()) {
    close();
    open(dash);
  }
  for (let above = number - 1; above >= 1; above--) {
    const text = state.doc.line(above).text;
    if (/^\s*(#|$)/.test(text)) continue;
    const [, space, marks, name] = /** @type {RegExpExecArray} */ (HEAD.exec(text));
    const nameAt = space.length + marks.length;
    // A list may stand below its key without being indented.
    if (name !== undefined && (nameAt < limit || (list >= 0 && !marks && nameAt === list))) {
      close();
      path.unshift(unquoted(name));
      limit = nameAt;
    }
    for (const dash of dashesOf(space.length, marks).reverse()) {
      if (dash === list) index++;
      else if (dash < limit) {
        close();
        open(dash);
      }
    }
    if (limit === 0 && list < 0) break;
  }
  close();
  return { path, column, beside };
}

/** The columns of a line's dashes. @param {number} from @param {string} marks */
function dashesOf(from, marks) {
  return [...marks.matchAll(/-/g)].map((mark) => from + mark.index);
}

/**
 * The path and the word within brackets.
 * @param {string} text from the outermost bracket to the cursor
 * @returns {{path: Path, from: number, typed: string} | null}
 */
function withinBrackets(text) {
  /** @type {{list: boolean, index: number, key: string | null}[]} */
  const stack = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    const top = stack.at(-1);
    if ((sign === '"' || sign === "'") && !text.slice(from, at).trim()) {
      const end = text.indexOf(sign, at + 1);
      if (end < 0) {
        from = at + 1;
        break;
      }
      at = end;
    } else if (sign === "[" || sign === "{") {
      stack.push({ list: sign === "[", index: 0, key: null });
      from = at + 1;
    } else if (sign === "]" || sign === "}") {
      stack.pop();
    } else if (sign === "," && top) {
      top.index++;
      top.key = null;
      from = at + 1;
    } else if (sign === ":" && top && !top.list && /\s|$/.test(text[at + 1] ?? " ")) {
      top.key = unquoted(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  if (!stack.length) return null;
  from += /^\s*/.exec(text.slice(from))?.[0].length ?? 0;
  /** @type {Path} */
  const path = stack.flatMap((one) => /** @type {Path} */ (one.list ? [one.index] : one.key !== null ? [one.key] : []));
  return { path, from, typed: text.slice(from) };
}

/** @param {string} key */
const unquoted = (key) => key.trim().replace(/^(["'])(.*)\1$/, "$2");
