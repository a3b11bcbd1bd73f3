/** What comes before any suggestion: restraint's verdict, warnings, what was degraded. */

import { h } from "../../lib/dom.js";
import { plain, REASONS } from "../words.js";

/** @typedef {import("../../lib/types.js").Answer} Answer */

/** @param {Answer["selling"]} selling */
export function verdict(selling) {
  if (selling.allowed) return null;
  const reasons = selling.reasons.map((id) => REASONS[id] ?? { name: plain(id), advice: "" });
  const [first, ...others] = reasons;
  return h(
    "section",
    { class: "notice stop", "aria-label": "Fix first" },
    h("h2", {}, first ? `Fix first: ${first.name}` : "Fix first"),
    first?.advice && h("p", {}, first.advice),
    others.length > 0 &&
      h("ul", {}, ...others.map(({ name, advice }) => h("li", {}, h("strong", {}, `Also ${name}.`), " ", advice))),
  );
}

/** @param {Answer["warnings"]} warnings */
export const warningList = (warnings) =>
  warnings.length > 0 &&
  h(
    "section",
    { class: "notice warn", "aria-label": "Before you reply" },
    h("ul", {}, ...warnings.map(({ text }) => h("li", {}, text))),
  );

/** @param {string[]} degraded */
export const degradedNote = (degraded) =>
  degraded.length > 0 &&
  h(
    "p",
    { class: "degraded" },
    `Answered without: ${degraded.map(plain).join(", ")}. Some suggestions may be missing.`,
  );
