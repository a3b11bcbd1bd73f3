/** A long thread and a customer's history in three lines, each with where it stands. */

import { h } from "../../lib/dom.js";

/** @typedef {import("../../lib/types.js").SummaryLine} SummaryLine */

/** @param {SummaryLine[]} lines */
export const summaryCard = (lines) =>
  lines.length > 0 &&
  h(
    "section",
    { class: "section in-short", "aria-label": "In short" },
    h("h2", {}, "In short"),
    h(
      "ul",
      {},
      ...lines.map(({ text, evidence }) =>
        h("li", {}, text, " ", h("span", { class: "where" }, evidence.map(where).join(", "))),
      ),
    ),
  );

/** Messages are counted from 1 by people. @param {SummaryLine["evidence"][number]} source */
const where = ({ type, id }) => (type === "message" ? `message ${Number(id) + 1}` : `${type} ${id}`);
