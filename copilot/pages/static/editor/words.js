/** How a lead calls what the file calls `needs` or `prefer`. What is not listed reads as it is written. */

/** @typedef {import("./types.js").Path} Path */

/** Section of the file -> its title, the word for one entry, and what is said of it. */
export const SECTIONS = {
  rules: { title: "Rules", one: "rule", help: "When this holds, then that. Rules are read from the top." },
  gestures: { title: "Gestures", one: "gesture", help: "Small things done for a customer on an occasion." },
  examples: { title: "Examples", one: "example", help: "Texts of your own customers, and how they are to be read." },
  budgets: { title: "Budgets", one: "budget", help: "What may be spent on gestures without asking anybody." },
  phrases: { title: "Phrases", one: "phrase", help: "Your own sentences for drafts." },
};

/** Keys below `when`, by what they are about, in the order of the menu. @type {Record<string, Record<string, string>>} */
const CONDITIONS = {
  "What the customer says": {
    intents: "the customer wants",
    needs: "the customer misses",
    means: "the customer means something like",
    says: "the ticket says",
    occasions: "the occasion is",
    sentiment: "the mood is",
    cautions: "there is a reason for care:",
  },
  "The ticket": { channel: "it came in by", language: "the language is", tags: "the ticket is tagged" },
  "The product": {
    products: "it is about the product",
    product_types: "it is about a",
    product_tags: "the product is tagged",
  },
  "The customer": {
    tier: "the customer is",
    customer_tags: "the customer is tagged",
    consent: "the customer agreed to marketing:",
    orders: "orders so far:",
    spent: "spent so far:",
    lifetime_value: "the customer's worth:",
    churn: "risk of losing the customer (0 to 1):",
  },
  "The order": {
    order_status: "the order is",
    order_has: "the order contains",
    order_value: "the order's value:",
    order_items: "pieces in the order:",
    days_since_order: "days since the order:",
    days_since_delivery: "days since delivery:",
  },
  Time: {
    date_from: "from the day",
    date_until: "until the day",
    weekdays: "on",
    hours: "at the hours",
  },
  "What we may do": { selling: "we may sell:", budget_left: "left in the agent's budget:" },
  Groups: {
    all: "all of these hold",
    any: "at least one of these holds",
    none: "none of these holds",
  },
};
const WHEN = Object.assign({}, ...Object.values(CONDITIONS));

/** Keys below `then`. @type {Record<string, Record<string, string>>} */
const EFFECTS = {
  "Offer and give": {
    offer: "offer",
    prefer: "put these products first:",
    avoid: "never offer these products:",
    code: "prefer the code",
    code_for: "prefer the best code for a",
    delight: "delight with",
    gesture: "propose the gesture",
  },
  Write: {
    say: "add to the draft:",
    draft: "draft the reply:",
    stance: "the draft's stance is",
    tags: "suggest the tags",
  },
  "Look after": {
    warn: "warn the agent:",
    recovery: "put it right:",
    follow_up_days: "days until we write again:",
    white_glove: "white glove:",
    allowance: "the agent may give up to",
  },
  Restraint: { restrain: "do not sell, because of", lift: "sell although there is", because: "because" },
};
const THEN = Object.assign({}, ...Object.values(EFFECTS));

/** Keys elsewhere. @type {Record<string, string>} */
const OTHER = {
  id: "name",
  note: "why it is here",
  stop: "stop here: no later rule is looked at",
  share: "percent of customers",
  valid_from: "from the day",
  valid_until: "until the day",
  need: "what meets the need",
  exchange: "the same product, exchanged",
  within: "only among",
  handles: "products",
  product: "the product",
  greet: "begin with the first name",
  cost: "it costs",
  agent: "for each agent",
  team: "for the whole team",
  agents: "for single agents",
  customer_days: "days between gestures for a customer",
  customer_amount: "for one customer",
  up_to: "an agent may spend up to",
  alert_at: "tell leads at percent spent",
  timezone: "time zone",
  taxonomy: "tags that may be used",
  returnless_refund_up_to: "refund without sending back, up to",
};

/**
 * What a key belongs to in the menu that adds it, or "".
 * @param {Path} path
 */
export function topic(path) {
  const key = stem(String(path.at(-1)));
  const table = path.at(-2) === "then" ? EFFECTS : CONDITIONS;
  return Object.keys(table).find((name) => key in table[name]) ?? "";
}

/**
 * Where a key stands in that menu: by topic, and within it as the table has it.
 * @param {Path} path
 */
export function rank(path) {
  const key = String(path.at(-1));
  const table = path.at(-2) === "then" ? EFFECTS : CONDITIONS;
  const all = Object.values(table).flatMap((keys) => Object.keys(keys));
  const at = all.indexOf(stem(key));
  return (at < 0 ? all.length : at) * 2 + (key.endsWith("_at_most") ? 1 : 0);
}

/** @param {string} key */
const stem = (key) => key.replace(/_at_(least|most)$/, "");

/**
 * The label of a key, as a lead says it.
 * @param {Path} path ends with the key
 */
export function label(path) {
  const key = String(path.at(-1));
  const parent = path.findLast((step, at) => at < path.length - 1 && (step === "when" || step === "then"));
  const table = parent === "when" ? WHEN : parent === "then" && path.at(-2) === "then" ? THEN : OTHER;
  const bound = /_at_(least|most)$/.exec(key)?.[1];
  if (bound && table[stem(key)]) return `${table[stem(key)]} at ${bound}`;
  if (/_than$/.test(key)) return `something ${plainWords(key)}`;
  return table[key] ?? OTHER[key] ?? plainWords(key);
}

/** @param {unknown} id */
export const plainWords = (id) => String(id).replaceAll("_", " ");

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Keys whose value says it all. */
const PLAIN = new Set(["handles", "types", "tags", "product", "gesture", "steps"]);

/**
 * A value in a few words.
 * @param {unknown} value
 * @returns {string}
 */
export function inShort(value) {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) {
    const shown = value.slice(0, 3).map(inShort).filter(Boolean);
    return shown.join(", ") + (value.length > 3 ? ` and ${value.length - 3} more` : "");
  }
  if (typeof value === "object") {
    const entries = Object.entries(value);
    // Texts by language: one of them is enough.
    if (entries.length && entries.every(([key]) => /^[a-z]{2}$/.test(key)))
      return inShort((entries.find(([key]) => key === "en") ?? entries[0])[1]);
    return entries
      .map(([key, inner]) => (PLAIN.has(key) ? inShort(inner) : `${label([key])} ${inShort(inner)}`))
      .join(", ");
  }
  const words = String(value);
  return /^[a-z]+(_[a-z]+)+$/.test(words) ? plainWords(words) : words.length > 70 ? `${words.slice(0, 68)}…` : words;
}

/**
 * A part of a rule as half a sentence: "the customer misses more moisture and it is about a Moisturiser".
 * @param {Record<string, unknown> | null | undefined} part
 * @param {"when" | "then"} side
 * @returns {string}
 */
export function sentence(part, side) {
  const said = clauses(part, side);
  return said.replace(/^\(([^()]*)\)$/, "$1"); // one group alone needs no brackets
}

/** @param {Record<string, unknown> | null | undefined} part @param {"when" | "then"} side @returns {string} */
function clauses(part, side) {
  return Object.entries(part ?? {})
    .map(([key, value]) => {
      if (side === "when" && ["all", "any", "none"].includes(key) && Array.isArray(value)) {
        const inner = value.map((group) => clauses(group, "when")).filter(Boolean);
        if (key === "none") return `not (${inner.join("; ")})`;
        return inner.length > 1 ? `(${inner.join(key === "any" ? " or " : " and ")})` : inner.join("");
      }
      return `${label([side, key])} ${inShort(value)}`.trim();
    })
    .filter(Boolean)
    .join(side === "when" ? " and " : "; ");
}

/** "dry-skin-gets-the-night-cream" as a title. @param {unknown} id */
export const titleOf = (id) => capital(String(id ?? "").replaceAll(/[-_]/g, " "));

/** A title as an id: "Dry skin, at night" is dry-skin-at-night. @param {string} title */
export const slug = (title) =>
  title
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 80);
