/** Tags for the ticket, each to be copied into the helpdesk with one click. */

import { h, icon } from "../../lib/dom.js";
import { distinct, sources } from "../pieces.js";

/** @typedef {import("../../lib/types.js").SuggestedTag} SuggestedTag */
/** @typedef {import("../pieces.js").Actions} Actions */

const SHEETS = "M6 5.5h7v8H6zM10 3H3v8";

/**
 * @param {SuggestedTag[]} tags
 * @param {{actions: Actions}} context
 */
export const tagList = (tags, { actions }) => [
  h("ul", { class: "tags" }, ...tags.map(({ id }) => chip(id, actions))),
  sources(distinct(tags.flatMap(({ evidence }) => evidence)), "tags"),
];

/** @param {string} id @param {Actions} actions */
const chip = (id, actions) =>
  h(
    "li",
    { class: "tag" },
    h("span", {}, id),
    h(
      "button",
      {
        class: "icon-button",
        type: "button",
        title: "Copy the tag",
        "aria-label": `Copy tag ${id}`,
        "data-focus": `tag ${id}`,
        onclick: () => actions.copy([], id, `Tag ${id}`), // no feedback is counted by a tag
      },
      icon(SHEETS),
    ),
  );
