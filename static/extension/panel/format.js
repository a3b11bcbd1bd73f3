/** Numbers, money and dates in the agent's own locale. */

/**
 * @param {number} amount
 * @param {string} currency an ISO code, or empty when unknown: then the number stands alone
 * @param {{sign?: boolean}} [options]
 */
export function money(amount, currency, { sign = false } = {}) {
  const digits = Number.isInteger(amount) ? 0 : 2;
  /** @type {Intl.NumberFormatOptions} */
  const options = {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...(sign && { signDisplay: "exceptZero" }),
  };
  if (/^[A-Za-z]{3}$/.test(currency))
    Object.assign(options, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return new Intl.NumberFormat(undefined, options).format(amount);
}

/** @param {{type: string, amount: number}} value @param {string} currency */
export function codeValue({ type, amount }, currency) {
  if (type === "free_shipping") return "Free shipping";
  if (type === "percentage") return `${new Intl.NumberFormat().format(amount)} % off`;
  return `${money(amount, currency)} off`;
}

/**
 * When a code ends, in words that matter today.
 * @param {string | null} endsAt
 * @param {number} now milliseconds
 */
export function ending(endsAt, now) {
  const end = endsAt ? Date.parse(endsAt) : NaN;
  if (Number.isNaN(end)) return "No end date";
  const days = Math.floor((end - now) / 86_400_000);
  if (days < 0) return `Ended ${day(end)}`;
  if (days === 0) return "Ends within a day";
  return days <= 14 ? `Ends in ${days} ${days === 1 ? "day" : "days"}` : `Ends ${day(end)}`;
}

/** @param {number} time */
const day = (time) =>
  new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" }).format(time);

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** @param {string} code a language's code @returns {string} its name, or the code */
export function languageName(code) {
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
