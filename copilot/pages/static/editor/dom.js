/** What the editor is built of: the panel's own way to make elements, with the editor's icons and words. */

import { h, icon } from "/playbooks/static/dom.js";

export { h, icon };

/** @typedef {import("/playbooks/static/dom.js").Child} Child */
/** @typedef {import("/playbooks/static/dom.js").Props} Props */

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
