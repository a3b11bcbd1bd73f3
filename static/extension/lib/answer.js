/** Reads the service's answer: what is missing becomes empty, what is not an answer is refused. */

import { failed } from "./api.js";

/** @typedef {import("./types.js").Answer} Answer */

/** @param {unknown} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value.filter((item) => item !== null && item !== undefined) : []);

/** @param {unknown} value @returns {any[]} */
const records = (value) => list(value).filter((item) => typeof item === "object");

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
    warnings: records(json.warnings),
    summary: records(json.summary).map(evidenced),
    degraded: list(json.degraded),
    currency: json.currency ?? customer?.currency ?? records(json.delights)[0]?.currency ?? "",
  };
}

/** Whether there is nothing to suggest: silence is an answer too. @param {Answer} answer */
export const isSilent = (answer) =>
  [answer.similar, answer.saves, answer.codes, answer.drafts, answer.delights].every((section) => section.length === 0);
