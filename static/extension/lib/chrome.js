/** The one door to the browser's extension API: nothing else in the extension names `chrome`. */

/** @typedef {import("./types.js").Desk} Desk */
/** @typedef {import("./types.js").DeskStore} DeskStore */
/** @typedef {import("./types.js").OutboxStore} OutboxStore */
/** @typedef {import("./messages.js").Message} Message */

const DESK = "desk:";
const LOADER = "content/loader.js";

/** False once the extension was updated or removed under a script that still runs in a page. */
export const alive = () => Boolean(globalThis.chrome?.runtime?.id);

// ---------------------------------------------------------------- messages

/**
 * @param {Message} message
 * @returns {Promise<any>}
 */
export const send = (message) => chrome.runtime.sendMessage(message);

/**
 * @param {number} tabId
 * @param {Message} message
 * @returns {Promise<any>}
 */
export const sendToTab = (tabId, message) => chrome.tabs.sendMessage(tabId, message, { frameId: 0 });

/**
 * Answers messages with what `handle` resolves to; undefined means that the message is for somebody else.
 * @param {(message: Message, tabId: number | null) => Promise<unknown> | undefined} handle
 */
export function onMessage(handle) {
  chrome.runtime.onMessage.addListener((message, sender, respond) => {
    if (sender.id !== chrome.runtime.id) return false;
    const answer = handle(message, sender.tab?.id ?? null);
    if (answer === undefined) return false;
    answer.then(respond, (error) => respond({ ok: false, reason: String(error?.message ?? error) }));
    return true;
  });
}

// ---------------------------------------------------------------- storage

/** @type {DeskStore} */
export const deskStore = {
  async get(id) {
    return /** @type {Desk | undefined} */ ((await chrome.storage.session.get(DESK + id))[DESK + id]) ?? null;
  },
  set: (id, desk) => chrome.storage.session.set({ [DESK + id]: desk }),
  remove: (id) => chrome.storage.session.remove(DESK + id),
  async entries() {
    const all = await chrome.storage.session.get(null);
    return Object.entries(all)
      .filter(([key]) => key.startsWith(DESK))
      .map(([key, desk]) => [key.slice(DESK.length), /** @type {Desk} */ (desk)]);
  },
};

/** @type {OutboxStore} */
export const outboxStore = {
  async load() {
    const { outbox } = await chrome.storage.local.get("outbox");
    return /** @type {any} */ (outbox) ?? { waiting: [], delivered: [] };
  },
  save: (outbox) => chrome.storage.local.set({ outbox }),
};

/** @returns {Promise<Partial<import("./types.js").Settings>>} */
export const loadSettings = async () =>
  /** @type {any} */ ((await chrome.storage.local.get("settings")).settings) ?? {};

/** @param {import("./types.js").Settings} settings */
export const storeSettings = (settings) => chrome.storage.local.set({ settings });

/** Keeps the token from scripts that run inside helpdesk pages. Older browsers lack the call: nothing is lost there. */
export const keepStorageFromPages = () =>
  chrome.storage.local.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" }).catch(() => {});

/**
 * Calls back with the desk of a tab whenever it changes.
 * @param {string} id
 * @param {(desk: Desk | null) => void} callback
 * @param {AbortSignal} signal
 */
export function onDesk(id, callback, signal) {
  /** @type {(changes: Record<string, chrome.storage.StorageChange>, area: string) => void} */
  const listener = (changes, area) => {
    const change = area === "session" ? changes[DESK + id] : undefined;
    if (change) callback(/** @type {Desk | undefined} */ (change.newValue) ?? null);
  };
  chrome.storage.onChanged.addListener(listener);
  signal.addEventListener("abort", () => chrome.storage.onChanged.removeListener(listener));
}

/**
 * Calls back when the settings were saved.
 * @param {() => void} callback
 */
export function onSettings(callback) {
  chrome.storage.onChanged.addListener((changes, area) => {
    if (area === "local" && changes.settings) callback();
  });
}

// ---------------------------------------------------------------- tabs and panels

/**
 * Calls back with the tab that this window shows, now and whenever another comes to the front.
 * @param {(tabId: number) => void} callback
 * @param {AbortSignal} signal
 */
export async function followActiveTab(callback, signal) {
  const { id: windowId } = await chrome.windows.getCurrent();
  /** @type {(info: {tabId: number, windowId: number}) => void} */
  const listener = (info) => {
    if (info.windowId === windowId) callback(info.tabId);
  };
  chrome.tabs.onActivated.addListener(listener);
  signal.addEventListener("abort", () => chrome.tabs.onActivated.removeListener(listener));
  const [tab] = await chrome.tabs.query({ active: true, windowId });
  if (tab?.id !== undefined && !signal.aborted) callback(tab.id);
}

/** @param {(tabId: number) => void} callback */
export const onTabClosed = (callback) => chrome.tabs.onRemoved.addListener(callback);

/**
 * Calls back when a tab has finished loading a page.
 * @param {(tabId: number) => void} callback
 */
export function onTabLoaded(callback) {
  chrome.tabs.onUpdated.addListener((tabId, change) => {
    if (change.status === "complete") callback(tabId);
  });
}

export const openOptions = () => void chrome.runtime.openOptionsPage();

/** A click on the toolbar button opens the panel: by a setting in Chromium, by hand in Firefox. */
export function openPanelOnClick() {
  if (chrome.sidePanel?.setPanelBehavior) {
    chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true }).catch(() => {});
    return;
  }
  const { sidebarAction } = /** @type {any} */ (chrome);
  chrome.action.onClicked.addListener(() => sidebarAction?.toggle());
}

// ---------------------------------------------------------------- permissions and scripts

/**
 * Asks the agent for access to origins; must be called straight from a click.
 * @param {string[]} origins
 */
export const askFor = (origins) => chrome.permissions.request({ origins: origins.map((origin) => `${origin}/*`) });

/** @param {string} origin */
export const mayReach = (origin) => chrome.permissions.contains({ origins: [`${withoutPort(origin)}/*`] });

/** @param {string} origin */
export const giveUp = (origin) =>
  chrome.permissions.remove({ origins: [`${withoutPort(origin)}/*`] }).catch(() => false);

/** Match patterns know no ports: a permission is for all of a host's. @param {string} origin */
export function withoutPort(origin) {
  const url = new URL(origin);
  return `${url.protocol}//${url.hostname}`;
}

/**
 * Runs the content script on the helpdesks that the agent added, and nowhere else.
 * @param {string[]} origins
 */
export async function registerHelpdesks(origins) {
  const matches = [];
  for (const origin of origins) if (await mayReach(origin)) matches.push(`${withoutPort(origin)}/*`);
  const id = "helpdesks";
  const there = (await chrome.scripting.getRegisteredContentScripts({ ids: [id] })).length > 0;
  if (!matches.length) {
    if (there) await chrome.scripting.unregisterContentScripts({ ids: [id] });
    return;
  }
  const script = { id, matches, js: [LOADER], runAt: /** @type {const} */ ("document_idle") };
  await (there ? chrome.scripting.updateContentScripts([script]) : chrome.scripting.registerContentScripts([script]));
}

/** Tabs that were open before an installation or update have no live script: start it there. */
export function injectOnInstall() {
  chrome.runtime.onInstalled.addListener(async () => {
    const scripts = [
      ...(chrome.runtime.getManifest().content_scripts ?? []),
      ...(await chrome.scripting.getRegisteredContentScripts()),
    ];
    const tabs = await chrome.tabs.query({ url: scripts.flatMap((script) => script.matches ?? []) });
    for (const { id } of tabs) {
      if (id !== undefined) chrome.scripting.executeScript({ target: { tabId: id }, files: [LOADER] }).catch(() => {});
    }
  });
}

/**
 * Calls back about every minute, also after the worker was put to sleep.
 * @param {() => void} callback
 */
export function everyMinute(callback) {
  // Creating it anew at each start of the worker would put it off again and again.
  void chrome.alarms.get("every-minute").then(async (alarm) => {
    if (!alarm) await chrome.alarms.create("every-minute", { periodInMinutes: 1 });
  });
  chrome.alarms.onAlarm.addListener((alarm) => {
    if (alarm.name === "every-minute") callback();
  });
}
