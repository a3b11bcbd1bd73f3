/** Numbers, money and dates in the agent's own locale. */

/**
 * @param {number} amount
 * @param {string} currency an ISO code, or empty when unknown: then the number stands alone
 * @param {{sign?: boolean, exact?: boolean}} [options] exact: with its cents, also when they are none
 */
export function money(amount, currency, { sign = false, exact = false } = {}) {
  const digits = Number.isInteger(amount) && !exact ? 0 : 2;
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

const FAR_DAYS = 31;

/**
 * A day of the calendar in words, with how far it is away if that is within a month: "Thursday 5 March, in 2 days".
 * @param {string} date YYYY-MM-DD; anything else is given back as it is
 * @param {number} now milliseconds
 */
export function calendarDay(date, now) {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : NaN; // midnight in UTC, whatever the agent's zone
  if (Number.isNaN(time)) return date;
  const here = new Date(now);
  const today = Date.UTC(here.getFullYear(), here.getMonth(), here.getDate());
  const sameYear = date.startsWith(`${here.getFullYear()}-`);
  const words = new Intl.DateTimeFormat(undefined, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(!sameYear && { year: "numeric" }),
    timeZone: "UTC",
  }).format(time);
  const days = Math.round((time - today) / 86_400_000);
  if (days < 0 || days > FAR_DAYS) return words;
  return `${words}, ${["today", "tomorrow"][days] ?? `in ${days} days`}`;
}

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
