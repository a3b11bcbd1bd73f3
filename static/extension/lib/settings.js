/** The agent's settings: defaults, and what counts as an address. */

/** @typedef {import("./types.js").Settings} Settings */

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({ address: "http://127.0.0.1:8765", token: "", agent: "", helpdesks: [] });

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Stored settings over the defaults; whatever is not of the right type is ignored.
 * @param {Partial<Settings>} stored
 * @returns {Settings}
 */
export function complete(stored) {
  /** @param {unknown} value @param {string} otherwise */
  const text = (value, otherwise) => (typeof value === "string" ? value : otherwise);
  return {
    address: text(stored.address, DEFAULTS.address),
    token: text(stored.token, ""),
    agent: text(stored.agent, ""),
    helpdesks: Array.isArray(stored.helpdesks) ? stored.helpdesks.filter((item) => typeof item === "string") : [],
  };
}

/**
 * The origin of what somebody typed as an address. Tickets and the token travel there, so plain HTTP is for this
 * computer only. Throws an Error whose message can be shown.
 * @param {string} typed
 */
export function origin(typed) {
  const trimmed = typed.trim();
  if (!trimmed) throw new Error("Enter an address, for example http://127.0.0.1:8765.");
  const bare = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)
    ? trimmed
    : `${looksLocal(trimmed) ? "http" : "https"}://${trimmed}`;
  const url = URL.canParse(bare) ? new URL(bare) : null;
  // Some browsers let spaces and stars through; a star would ask for access to every site.
  if (!url || !/^[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$/i.test(url.hostname)) {
    throw new Error(`“${trimmed}” is not an address. It looks like https://copilot.example.com.`);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new Error("The address must begin with https:// or http://.");
  if (url.username || url.password) throw new Error("Leave names and passwords out of the address.");
  if (url.protocol === "http:" && !LOOPBACK.has(url.hostname)) {
    throw new Error("Use https:// — http:// is only safe for a service on this computer.");
  }
  return url.origin;
}

/** @param {string} typed */
const looksLocal = (typed) =>
  [...LOOPBACK].some((name) => typed === name || typed.startsWith(`${name}:`) || typed.startsWith(`${name}/`));

/** Whether an origin is this computer's own. @param {string} address */
export const isLoopback = (address) => LOOPBACK.has(new URL(address).hostname);
