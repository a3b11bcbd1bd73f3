/** The settings: each is tried before it is kept, and what is wrong is said in words that can be acted on. */

import { CallFailed, Client } from "../lib/api.js";
import * as browser from "../lib/chrome.js";
import { h } from "../lib/dom.js";
import { complete, isLoopback, origin } from "../lib/settings.js";

/** @typedef {import("../lib/types.js").Settings} Settings */

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is missing`);
  return found;
}

const address = element("address", HTMLInputElement);
const token = element("token", HTMLInputElement);
const agent = element("agent", HTMLInputElement);
const site = element("site", HTMLInputElement);
const serviceResult = element("service-result", HTMLParagraphElement);
const helpdeskResult = element("helpdesk-result", HTMLParagraphElement);

let settings = complete({});

/** @param {HTMLElement} place @param {string} text @param {"good" | "bad" | ""} kind */
function say(place, text, kind) {
  place.textContent = text;
  place.className = `result ${kind}`;
}

/** @param {HTMLInputElement | null} wrong */
function markWrong(wrong) {
  for (const input of [address, token, site]) input.toggleAttribute("aria-invalid", false);
  wrong?.setAttribute("aria-invalid", "true");
  wrong?.focus();
}

/**
 * Where a failed test's cause lies, and what to do about it.
 * @param {unknown} error
 * @returns {[string, HTMLInputElement]}
 */
function explain(error) {
  if (!(error instanceof CallFailed)) return [error instanceof Error ? error.message : String(error), address];
  switch (error.problem.kind) {
    case "offline":
      return [`Nothing answers at ${address.value}. Is the address right, and is the service running?`, address];
    case "bad_answer":
    case "rejected":
      return [`Something answers at ${address.value}, but it is not a copilot service.`, address];
    case "unset":
      return ["The service is there. Now paste your token.", token];
    case "unauthorized":
      return ["The service is there, but it does not know this token. It may be mistyped or revoked.", token];
    case "forbidden":
      return [
        "The service knows this token, but it may not ask for suggestions. Ask for one with the agent role.",
        token,
      ];
    default:
      return [error.problem.message, address];
  }
}

element("service", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const where = origin(address.value);
    address.value = where;
    // Must come straight from the click, so before anything that waits.
    const granted = isLoopback(where) || browser.askFor([browser.withoutPort(where)]);
    if (!(await granted))
      throw new Error(`Without access to ${where} the copilot cannot ask the service. Save again and allow it.`);
    say(serviceResult, "Testing…", "");
    const client = new Client({ address: where, token: token.value.trim() });
    const health = await client.health();
    await client.checkToken();
    await keep({ address: where, token: token.value.trim(), agent: agent.value.trim() });
    markWrong(null);
    say(
      serviceResult,
      `Connected. Version ${health.version}, ${health.tickets} resolved tickets${health.status === "ok" ? "" : ", partly degraded"}.`,
      "good",
    );
  } catch (error) {
    const [text, where] = explain(error);
    markWrong(where);
    say(serviceResult, `${text} Nothing was saved.`, "bad");
  }
});

element("helpdesk", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const where = origin(site.value);
    if (isLoopback(where)) throw new Error("Helpdesks on this computer are read already.");
    if (!(await browser.askFor([browser.withoutPort(where)])))
      throw new Error(`Without access to ${where} its tickets cannot be read.`);
    await keep({ helpdesks: [...new Set([...settings.helpdesks, where])] });
    site.value = "";
    markWrong(null);
    say(helpdeskResult, `Added ${where}. Reload its tabs once.`, "good");
  } catch (error) {
    markWrong(site);
    say(helpdeskResult, error instanceof Error ? error.message : String(error), "bad");
  }
});

/** @param {string} where */
async function remove(where) {
  await keep({ helpdesks: settings.helpdesks.filter((other) => other !== where) });
  if (where !== settings.address) await browser.giveUp(where);
  say(helpdeskResult, `Removed ${where}.`, "");
  site.focus();
}

const reveal = element("reveal", HTMLButtonElement);
reveal.addEventListener("click", () => {
  const hidden = token.type === "password";
  token.type = hidden ? "text" : "password";
  reveal.textContent = hidden ? "Hide" : "Show";
  reveal.setAttribute("aria-pressed", String(hidden));
});

/** @param {Partial<Settings>} changes */
async function keep(changes) {
  settings = { ...settings, ...changes };
  await browser.storeSettings(settings);
  list();
}

function list() {
  element("helpdesks", HTMLUListElement).replaceChildren(
    h("li", {}, "This computer (127.0.0.1 and localhost)"),
    ...settings.helpdesks.map((where) =>
      h(
        "li",
        {},
        where,
        h(
          "button",
          { class: "button", type: "button", "aria-label": `Remove ${where}`, onclick: () => remove(where) },
          "Remove",
        ),
      ),
    ),
  );
}

settings = complete(await browser.loadSettings());
address.value = settings.address;
token.value = settings.token;
agent.value = settings.agent;
list();
