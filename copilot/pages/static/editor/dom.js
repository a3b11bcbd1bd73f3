/** Builds elements. Strings become text nodes and nothing else: what a ticket says can never become markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Props */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes (null and false leave one out), listeners (`onclick`) and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, props);
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false && child !== "")
      element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * A 16 by 16 line icon from one path.
 * @param {string} path
 */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  assign(svg, { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", class: "icon" });
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  copy: "M6 6h7v7H6zM3 10V3h7",
  bin: "M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4",
  cross: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  plus: "M8 3.5v9M3.5 8h9",
  undo: "M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 010 7H7",
  redo: "M10 3l3 3-3 3M13 6H6.5a3.5 3.5 0 000 7H9",
  code: "M6 4L2 8l4 4M10 4l4 4-4 4",
  play: "M5 3.5v9l7.5-4.5z",
};

/**
 * A button with an icon alone, named for everybody.
 * @param {string} path
 * @param {string} name
 * @param {Props} props
 */
export const iconButton = (path, name, props) =>
  h("button", { type: "button", class: "icon-button", "aria-label": name, title: name, ...props }, icon(path));

/**
 * @param {number} n
 * @param {string} what
 * @param {string} [many]
 */
export const count = (n, what, many = `${what}s`) => `${n.toLocaleString()} ${n === 1 ? what : many}`;

/** The editor page of a file. @param {string} file */
export const pageOf = (file) => `/playbooks/edit/${file.split("/").map(encodeURIComponent).join("/")}`;

/**
 * @param {Element} element
 * @param {Props} props
 */
function assign(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
}
