/** The top of the panel: who this is, so that nobody has to explain twice. */

import { h } from "../../lib/dom.js";
import { count, languageName, money } from "../format.js";
import { sources } from "../pieces.js";
import { capital, OCCASIONS, PERMISSIONS, plain, TIERS, word } from "../words.js";

/** @typedef {import("../../lib/types.js").Answer} Answer */
/** @typedef {import("../../lib/types.js").OpenTicket} OpenTicket */

const HIGH_RISK = 0.6;

/**
 * @param {OpenTicket} open
 * @param {Answer | null} answer null while it is not there yet: the name is shown at once
 */
export function customerHeader(open, answer) {
  const { name, email } = open.customer;
  const title = name || email || (answer?.customer?.id ? `Customer ${answer.customer.id}` : "Customer not known");
  return h(
    "header",
    { class: "customer" },
    h("div", { class: "avatar", "aria-hidden": "true" }, initials(title)),
    h("div", { class: "who" }, h("h1", {}, title), name && email && h("p", { class: "email" }, email)),
    answer?.customer && h("span", { class: `pill tier-${answer.customer.tier}` }, word(TIERS, answer.customer.tier)),
  );
}

/** @param {Answer} answer */
export function customerFacts(answer) {
  const { customer, signals, currency } = answer;
  const risk = signals.churn_risk;
  if (!customer) return null;
  const known = customer.id !== null;
  return h(
    "section",
    { class: "facts", "aria-label": "Customer" },
    h(
      "dl",
      {},
      known &&
        typeof customer.lifetime_value === "number" &&
        fact("Lifetime value", money(customer.lifetime_value, currency)),
      known && fact("Orders", String(customer.orders_count ?? 0)),
      risk && known && fact("Risk of leaving", riskWord(risk.score), risk.score >= HIGH_RISK ? "high" : ""),
    ),
    permissionList(answer.permissions),
    customer.summary && h("p", { class: "summary" }, customer.summary),
    customer.open_concerns.length > 0 &&
      h(
        "ul",
        { class: "concerns", "aria-label": "Open concerns" },
        ...customer.open_concerns.map((text) => h("li", {}, text)),
      ),
    reading(answer),
  );
}

/** What the agent may do without asking anybody. @param {Answer["permissions"]} permissions */
const permissionList = (permissions) =>
  permissions.length > 0 &&
  h(
    "ul",
    { class: "permissions", "aria-label": "What you may do" },
    ...permissions.map(({ id, up_to, currency, evidence }) => {
      const sum = money(up_to, currency, { exact: true });
      const words = PERMISSIONS[id]?.(sum) ?? `${capital(plain(id))}: up to ${sum}`;
      return h("li", {}, h("p", {}, words), sources(evidence, `permission ${id}`));
    }),
  );

/** What was read from the ticket, each with the words that it was read from. @param {Answer} answer */
function reading({ signals }) {
  /** @type {[string, string][]} */
  const rows = [
    ...(signals.needs ?? []).map((need) => /** @type {[string, string]} */ ([`Needs ${need.text}`, need.quote])),
    ...(signals.intents ?? []).map(
      (intent) => /** @type {[string, string]} */ ([capital(plain(intent.id)), intent.quote]),
    ),
    ...(signals.occasions ?? []).map(
      (occasion) => /** @type {[string, string]} */ ([word(OCCASIONS, occasion.id), occasion.quote]),
    ),
    ...(signals.churn_risk?.reasons ?? []).map((reason) => /** @type {[string, string]} */ (["Risk", capital(reason)])),
  ];
  const language = signals.language ? languageName(signals.language) : "";
  const mood = signals.sentiment?.label && signals.sentiment.label !== "neutral" ? signals.sentiment.label : "";
  if (!rows.length && !language && !mood) return null;
  const brief = [mood && capital(mood), language, rows.length > 0 && count(rows.length, "signal")]
    .filter(Boolean)
    .join(" · ");
  return h(
    "details",
    { class: "reading", "data-key": "reading" },
    h("summary", { "data-focus": "reading" }, brief),
    rows.length > 0 &&
      h("ul", {}, ...rows.map(([what, quote]) => h("li", {}, h("span", {}, what), quote && h("q", {}, quote)))),
  );
}

/** @param {string} term @param {string} text @param {string} [kind] */
const fact = (term, text, kind = "") => h("div", { class: kind }, h("dt", {}, term), h("dd", {}, text));

/** @param {number} score */
const riskWord = (score) => (score >= HIGH_RISK ? "High" : score >= 0.3 ? "Some" : "Low");

/** @param {string} name */
const initials = (name) =>
  name
    .split(/[\s@.]+/)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join("");
