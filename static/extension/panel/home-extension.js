/** The panel at home in the browser's side panel: the worker asks the service, the page inserts. */

import * as browser from "../lib/chrome.js";
import { EMPTY } from "../lib/desks.js";

/** @typedef {import("../lib/types.js").Transport} Transport */

const PING_MS = 2_000;

/**
 * Follows the tab in front; `?tab=ID` stays with one tab instead.
 * @returns {Transport}
 */
export function connect() {
  const fixed = Number(new URLSearchParams(location.search).get("tab")) || null;
  /** @type {number | null} */
  let tab = null;

  return {
    subscribe(onDesk, signal) {
      /** @type {AbortController | null} */
      let following = null;
      let loading = false;

      /** @param {number} tabId */
      async function follow(tabId) {
        following?.abort();
        const mine = (following = new AbortController());
        tab = tabId;
        /** @param {import("../lib/types.js").Desk | null} desk */
        const take = (desk) => {
          if (mine.signal.aborted) return;
          loading = desk?.state === "loading";
          onDesk(desk ?? EMPTY);
        };
        let changed = false;
        browser.onDesk(String(tabId), (desk) => take(((changed = true), desk)), mine.signal);
        const desk = await browser.deskStore.get(String(tabId));
        if (!changed) take(desk);
      }

      if (fixed) void follow(fixed);
      else void browser.followActiveTab(follow, signal);
      // A worker that was killed in the middle of a request wakes up at this and takes the request up again.
      const timer = setInterval(() => loading && browser.send({ type: "ping" }).catch(() => {}), PING_MS);
      signal.addEventListener("abort", () => {
        clearInterval(timer);
        following?.abort();
      });
    },

    async insert(text, key) {
      if (tab === null) return { ok: false, reason: "gone" };
      const result = await browser.sendToTab(tab, { type: "insert", text, key }).catch(() => null);
      return result ?? { ok: false, reason: "gone" };
    },

    async retry() {
      if (tab !== null) await browser.send({ type: "retry", tabId: tab });
    },

    async feedback(item) {
      // The worker may die between taking the message and writing it down: then it is told again.
      return browser.send({ type: "feedback", item }).catch(() => browser.send({ type: "feedback", item }));
    },

    async order(item) {
      return browser.send({ type: "feedback", item }).catch(() => browser.send({ type: "feedback", item }));
    },

    spends: (requestId) => browser.send({ type: "spends", requestId }),
    budgets: (agent) => browser.send({ type: "budgets", agent }),

    openOptions: browser.openOptions,
  };
}
