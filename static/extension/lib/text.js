/** Text out of a page's elements, as a person would read it. */

const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN OL P PRE SECTION TABLE TR UL".split(
    " ",
  ),
);
const SPACED = new Set("BLOCKQUOTE H1 H2 H3 H4 H5 H6 OL P PRE TABLE UL".split(" "));
const SILENT = new Set("SCRIPT STYLE TEMPLATE NOSCRIPT SVG BUTTON SELECT TEXTAREA".split(" "));

/**
 * The text of a node with its line breaks, also while it is hidden (which `innerText` does not do). Quotations keep
 * a "> " before each line, so that a quoted reply can still be told from a new one.
 * @param {Node} node
 */
export function plainText(node) {
  return tidy(read(node));
}

/** @param {string} text */
const tidy = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/** @param {Node} node @returns {string} */
function read(node) {
  if (node instanceof Text) return keepsLines(node) ? node.data : node.data.replace(/\s+/g, " ");
  if (!(node instanceof Element || node instanceof DocumentFragment)) return "";
  if (!(node instanceof Element)) return [...node.childNodes].map(read).join("");
  const name = node.tagName.toUpperCase();
  if (SILENT.has(name)) return "";
  if (name === "BR") return "\n";
  const inner = [...node.childNodes].map(read).join("");
  if (name === "BLOCKQUOTE") return `\n\n${quote(tidy(inner))}\n\n`;
  if (name === "LI") return `\n- ${inner.trim()}\n`;
  if (SPACED.has(name)) return `\n\n${inner}\n\n`;
  return BLOCKS.has(name) ? `\n${inner}\n` : inner;
}

/** @param {string} text */
const quote = (text) =>
  text
    .split("\n")
    .map((line) => `> ${line.trim()}`)
    .join("\n");

/** @param {Text} node */
function keepsLines(node) {
  const parent = node.parentElement;
  if (!parent) return false;
  if (parent.closest("pre")) return true;
  return (parent.ownerDocument.defaultView?.getComputedStyle(parent).whiteSpaceCollapse ?? "collapse") !== "collapse";
}

/**
 * Text without any white space or invisible marks, to compare what was meant with what an editor made of it.
 * @param {string} text
 */
export const squash = (text) => text.replace(/[\s\uFEFF\u200B\u200C\u2060]+/g, "");
