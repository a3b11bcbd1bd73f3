/** The panel's words for the service's ids. An id that is not listed is shown as its own words. */

/** @param {string} id */
export const plain = (id) => id.replaceAll(/[_-]+/g, " ").trim();

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * @param {Record<string, string>} table
 * @param {string} id
 */
export const word = (table, id) => table[id] ?? capital(plain(id));

/** @type {Record<string, string>} */
export const TIERS = { vip: "VIP", loyal: "Loyal", standard: "Standard", new: "New", unknown: "Unknown" };

/** @type {Record<string, string>} */
export const STANCES = { resolve: "Resolve", save: "Save", ask: "Ask", decline: "Decline" };

/** @type {Record<string, string>} */
export const SAVES = {
  alternative: "Alternative",
  exchange: "Exchange",
  fix: "Fix",
  upsell: "Upgrade",
  replacement: "Replacement",
};

/** @type {Record<string, string>} */
export const OCCASIONS = {
  new_baby: "New baby",
  new_home: "New home",
  new_job: "New job",
  get_well: "Get well",
  milestone_order: "Milestone order",
  first_order: "First order",
};

/** @type {Record<string, string>} */
export const EVIDENCE = {
  ticket: "Resolved ticket",
  product: "Product",
  order: "Order",
  article: "Help article",
  rule: "Playbook rule",
};

/**
 * Why selling waits: a name for the headline, and what to do instead.
 * @type {Record<string, {name: string, advice: string}>}
 */
export const REASONS = {
  adverse_reaction: {
    name: "adverse reaction",
    advice: "Ask how they are and tell them to stop using it. Refund without conditions; offer nothing to buy.",
  },
  safety: {
    name: "safety",
    advice: "Somebody could get hurt. Give the safety steps and follow your hazard procedure before anything else.",
  },
  bereavement: {
    name: "bereavement",
    advice: "Somebody has died. Be kind, be brief, and make the practical part easy.",
  },
  legal_threat: {
    name: "legal threat",
    advice: "Lawyers or authorities are mentioned. Keep to the facts and tell your team lead.",
  },
  chargeback: { name: "chargeback", advice: "A payment is disputed. Settle that with the payments team first." },
  fraud_or_security: {
    name: "fraud or account security",
    advice: "The account or card may be misused. Secure it and verify who is writing.",
  },
  privacy_request: {
    name: "privacy request",
    advice: "They ask about their personal data. Follow the privacy procedure and its deadline.",
  },
  harassment: {
    name: "harassment",
    advice: "You need not take abuse. Follow your team's policy, and hand over if you wish.",
  },
  repeat_contact: {
    name: "repeated contact",
    advice: "They have written about this before. Own it, solve it completely, and say when it will be done.",
  },
  high_anger: {
    name: "an angry customer",
    advice: "Acknowledge what went wrong and fix it. Anything that sounds like a sale will make it worse.",
  },
  no_marketing_consent_for_upsell: {
    name: "no marketing consent",
    advice: "Answer what they asked. They have not agreed to be offered more.",
  },
  service_failure_open: {
    name: "our failure is still open",
    advice: "Something we did is not put right yet. Put it right first.",
  },
  vulnerable_customer: { name: "a vulnerable customer", advice: "Take extra care, keep it simple, and do not sell." },
  asked_not_to_sell: { name: "they asked not to be sold to", advice: "They said so. Help, and leave it at that." },
};

/** @type {Record<string, string>} */
export const RESOLUTIONS = { goodwill: "Goodwill", upsell: "Upgrade" };

/** A recovery plan's label and its headline: one with steps, and one that only says when to write again. */
export const RECOVERY = {
  plan: { label: "Recovery plan", title: "Before anything else" },
  followUp: { label: "Follow-up", title: "Write again" },
};

/**
 * What an agent may do without asking anybody, by the permission's id.
 * @type {Record<string, (sum: string) => string>}
 */
export const PERMISSIONS = {
  returnless_refund: (sum) => `You may refund up to ${sum} without a return`,
  allowance: (sum) => `You may give up to ${sum} without asking`,
};

/**
 * What to say about a problem, and whether trying again or the settings may help.
 * @type {Record<import("../lib/types.js").ProblemKind, {title: string, text: string, fix: "retry" | "options"}>}
 */
export const PROBLEMS = {
  unset: {
    title: "Almost there",
    text: "Tell the copilot where your service is and paste your token.",
    fix: "options",
  },
  offline: {
    title: "The service can’t be reached",
    text: "It may be restarting, or this computer may be offline. Your ticket is not affected.",
    fix: "retry",
  },
  unauthorized: {
    title: "Your token was not accepted",
    text: "It may have been revoked or mistyped. Paste a new one in the settings.",
    fix: "options",
  },
  forbidden: {
    title: "Your token may not do this",
    text: "Ask whoever runs the service for a token with the agent role.",
    fix: "options",
  },
  rate_limited: { title: "Too many requests", text: "The service asked for a short break.", fix: "retry" },
  busy: {
    title: "The service has a problem",
    text: "It answered with an error. Your ticket is not affected.",
    fix: "retry",
  },
  rejected: { title: "The service did not take this ticket", text: "", fix: "retry" },
  budget_exhausted: { title: "The budget is used up", text: "", fix: "retry" },
  bad_answer: {
    title: "This is not a copilot service",
    text: "Something else answers at the address in your settings.",
    fix: "options",
  },
};

/** Why an insertion failed. @type {Record<string, string>} */
export const FAILURES = {
  changed: "Another ticket is open now. Nothing was inserted.",
  no_editor: "No reply box to insert into.",
  garbled: "The editor changed the text. Check it before you send.",
  not_taken: "The editor did not take the text.",
  gone: "The helpdesk page can’t be reached. Reload it.",
};
