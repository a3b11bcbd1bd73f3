/**
 * The worker: talks to the service, remembers per tab what is asked and answered. Nothing of value lives in its
 * memory.
 */

import { Client } from "./lib/api.js";
import * as browser from "./lib/chrome.js";
import { Desks } from "./lib/desks.js";
import { Outbox } from "./lib/outbox.js";
import { complete } from "./lib/settings.js";
import { spendsOf } from "./lib/spends.js";

const settings = async () => complete(await browser.loadSettings());
const client = async () => new Client(await settings());

const desks = new Desks(browser.deskStore, async (open, signal) => (await client()).suggest(open, signal));
const outbox = new Outbox(browser.outboxStore, async (item) => (await client()).deliver(item));

browser.onMessage((message, tabId) => {
  switch (message.type) {
    case "ticket":
      return tabId === null ? undefined : desks.show(String(tabId), message.open);
    case "retry":
      return desks.retry(String(message.tabId));
    case "ping":
      outbox.flush();
      return desks.resume();
    case "feedback":
      return outbox.put(message.item);
    case "spends":
      return outbox.state().then((box) => spendsOf(box, message.requestId));
    case "budgets":
      return client()
        .then((service) => service.budgets(message.agent))
        .catch(() => null);
    default:
      return undefined;
  }
});

// A tab may go on to a page where no script of ours runs, so that nobody tells us that the ticket is gone.
browser.onTabLoaded(async (tabId) => {
  const id = String(tabId);
  if (!(await browser.deskStore.get(id))) return;
  const open = await browser.sendToTab(tabId, { type: "read" }).catch(() => null);
  await desks.show(id, open ?? null);
});
browser.onTabClosed((tabId) => desks.close(String(tabId)));

browser.onSettings(async () => {
  const { helpdesks } = await settings();
  await browser.registerHelpdesks(helpdesks);
  await Promise.all([desks.retryFailed(), outbox.flush()]);
});

browser.everyMinute(() => outbox.flush());
browser.keepStorageFromPages();
browser.openPanelOnClick();
browser.injectOnInstall();
desks.resume();
outbox.flush();
