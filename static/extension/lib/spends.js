/** Spends and reversals on their way to the service: their keys, and what became of them. */

/** @typedef {import("./types.js").SpendOrder} SpendOrder */
/** @typedef {import("./types.js").ReversalOrder} ReversalOrder */

/**
 * The order to spend on a delight. Its key is the same however often and wherever it is given, so that a repeated
 * click, a retry and a worker that starts anew all mean one spend; after a reversal it is another one.
 * @param {string} requestId
 * @param {import("./types.js").Delight} delight
 * @param {number} [reversed] the spend that was taken back before
 * @returns {SpendOrder}
 */
export const spendOrder = (requestId, { id, cost }, reversed = 0) => ({
  kind: "spend",
  request_id: requestId,
  delight_id: id,
  amount: cost ?? 0,
  idempotency_key: `${requestId}:spend:${id}${reversed ? `:after-${reversed}` : ""}`,
});

/**
 * @param {string} requestId
 * @param {string} delightId
 * @param {number} spendId
 * @returns {ReversalOrder}
 */
export const reversalOrder = (requestId, delightId, spendId) => ({
  kind: "reversal",
  request_id: requestId,
  delight_id: delightId,
  spend_id: spendId,
  reason: "Taken back in the panel",
  idempotency_key: `${requestId}:undo:${spendId}`,
});

/**
 * Where each delight of an answer stands, by its id.
 * @param {import("./types.js").OutboxState} box
 * @param {string} requestId
 * @returns {Record<string, import("./types.js").SpendState>}
 */
export function spendsOf({ waiting, settled = [] }, requestId) {
  /** @type {Record<string, import("./types.js").SpendState>} */
  const found = {};
  for (const { kind, delight_id, request_id, receipt, problem } of settled) {
    if (request_id !== requestId) continue;
    const spent = found[delight_id]?.receipt ?? null;
    found[delight_id] =
      kind === "spend"
        ? { state: receipt ? "spent" : "refused", receipt: receipt ?? spent, problem }
        : { state: receipt ? "undone" : "spent", receipt: spent, problem };
  }
  for (const item of waiting) {
    if (!("kind" in item) || item.request_id !== requestId) continue;
    const receipt = found[item.delight_id]?.receipt ?? null;
    found[item.delight_id] = { state: item.kind === "spend" ? "waiting" : "undoing", receipt, problem: null };
  }
  return found;
}
