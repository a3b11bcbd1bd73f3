/** Reads the service's answer: what is missing becomes empty, what is not an answer is refused. */

import { failed } from "./api.js";

/** @typedef {import("./types.js").Answer} Answer */

/** @param {unknown} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value.filter((item) => item !== null && item !== undefined) : []);

/** @param {unknown} value @returns {any[]} */
const records = (value) => list(value).filter((item) => typeof item === "object");

/** @param {unknown} value @returns {string[]} */
const texts = (value) => list(value).filter((item) => typeof item === "string" && item.trim() !== "");

/**
 * A plan without a step and without a day is none.
 * @param {any} json
 * @returns {import("./types.js").Recovery | null}
 */
function readRecovery(json) {
  const steps = texts(json?.steps);
  const [day = null] = texts([json?.follow_up_on]);
  return steps.length || day ? { steps, follow_up_on: day, evidence: records(json.evidence) } : null;
}

/**
 * Throws CallFailed unless `json` is an answer of the contract; sections that were not asked for come back empty.
 * @param {any} json
 * @returns {Answer}
 */
export function readAnswer(json) {
  if (typeof json !== "object" || json === null || typeof json.request_id !== "string") {
    throw failed("bad_answer", "Something answers at this address, but it is not a copilot service.");
  }
  const evidenced = (/** @type {any} */ item) => ({ ...item, evidence: records(item.evidence) });
  const customer = typeof json.customer === "object" ? json.customer : null;
  return {
    request_id: json.request_id,
    ticket_id: json.ticket_id ?? null,
    signals: json.signals ?? {},
    customer: customer && { ...customer, open_concerns: list(customer.open_concerns) },
    selling: { allowed: json.selling?.allowed !== false, reasons: list(json.selling?.reasons) },
    similar: records(json.similar).map((item) => ({ ...item, tags: list(item.tags) })),
    saves: records(json.saves).map(evidenced),
    codes: records(json.codes).map(evidenced),
    drafts: records(json.drafts)
      .map(evidenced)
      .map((item) => ({ ...item, gaps: records(item.gaps) })),
    delights: records(json.delights).map(evidenced),
    recovery: readRecovery(json.recovery),
    tags: records(json.tags)
      .map(evidenced)
      .filter(({ id }) => texts([id]).length),
    permissions: records(json.permissions)
      .map(evidenced)
      .filter(({ id, up_to }) => texts([id]).length && typeof up_to === "number")
      .map((item) => ({ ...item, currency: item.currency ?? json.currency ?? "" })),
    warnings: records(json.warnings),
    summary: records(json.summary).map(evidenced),
    degraded: list(json.degraded),
    currency: json.currency ?? customer?.currency ?? records(json.delights)[0]?.currency ?? "",
  };
}

/** Whether there is nothing to suggest: silence is an answer too. @param {Answer} answer */
export const isSilent = (answer) =>
  answer.recovery === null &&
  [answer.similar, answer.saves, answer.codes, answer.drafts, answer.delights, answer.tags].every(
    (section) => section.length === 0,
  );

/**
 * What the service booked. Throws CallFailed when that cannot be read.
 * @param {any} json
 * @returns {import("./types.js").Receipt}
 */
export function readReceipt(json) {
  if (!Number.isInteger(json?.spend_id) || typeof json.amount !== "number") {
    throw failed("bad_answer", "The service did not say what it booked.");
  }
  const { spend_id, amount, currency, reversible_until } = json;
  const remaining = records(json.remaining).filter((left) => typeof left.remaining === "number");
  return { spend_id, amount, currency: currency ?? "", remaining, ...(reversible_until && { reversible_until }) };
}

/**
 * @param {any} json
 * @returns {import("./types.js").Budgets}
 */
export const readBudgets = (json) => ({
  currency: json?.currency ?? "",
  budgets: records(json?.budgets).filter(
    ({ scope, remaining }) => typeof scope === "string" && typeof remaining === "number",
  ),
});
