/** Sees that a helpdesk shows another ticket, or the same one with more in it, however its page gets there. */

/** @typedef {import("./types.js").OpenTicket} OpenTicket */

const THROTTLE_MS = 50;
const NAVIGATION = ["navigate", "navigatesuccess", "currententrychange"];

/**
 * Reads now and after whatever may have changed the ticket; calls back when key or content differ from the last time.
 * Mutations come in storms, so at most one reading happens per 50 ms.
 * @param {{
 *   read: () => OpenTicket | null,
 *   onChange: (open: OpenTicket | null) => void,
 *   attributes: string[],
 *   signal: AbortSignal,
 * }} options
 */
export function observe({ read, onChange, attributes, signal }) {
  /** @type {string | undefined} */
  let last;
  let timer = 0;

  function check() {
    timer = 0;
    if (signal.aborted) return;
    const open = read();
    const content = JSON.stringify(open);
    if (content === last) return;
    last = content;
    onChange(open);
  }

  function soon() {
    if (!timer) timer = window.setTimeout(check, THROTTLE_MS);
  }

  const observer = new MutationObserver(soon);
  observer.observe(document.documentElement, {
    subtree: true,
    childList: true,
    characterData: true,
    ...(attributes.length ? { attributes: true, attributeFilter: attributes } : {}),
  });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
  });
  const { navigation } = /** @type {{navigation?: EventTarget}} */ (/** @type {unknown} */ (window)); // not everywhere yet
  for (const name of NAVIGATION) navigation?.addEventListener(name, soon, { signal });
  for (const name of ["popstate", "hashchange"]) window.addEventListener(name, soon, { signal });
  window.addEventListener(
    "pageshow",
    (event) => {
      if (!event.persisted) return;
      last = undefined; // the worker was told that this page went away
      soon();
    },
    { signal },
  );
  check();
}
