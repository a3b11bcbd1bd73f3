/**
 * What "Try it" found, beside the text. Subjects and quotes come from tickets, so from anybody: they are text nodes and
 * nothing else.
 */

import { count, h } from "./dom.js";
import { capital, plainWords, titleOf } from "./words.js";

/** @typedef {any} Data the report of the simulation, as docs/simulation.md describes it */

const NO_BREAK = "\u00a0";

/**
 * @param {HTMLElement} pane
 * @param {{file: string, go: (line: number) => void}} options
 */
export function reportView(pane, { file, go }) {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let clock;
  /** @type {Data} */
  let data = null;

  /** @param {...import("./dom.js").Child} content */
  function put(...content) {
    clearInterval(clock);
    pane.removeAttribute("aria-busy");
    pane.replaceChildren(...content.filter((one) => one instanceof Node));
  }

  return {
    clear() {
      put(
        h(
          "p",
          { class: "quiet" },
          "Try it plays your resolved tickets through this draft: what would have fired, and what agents would have seen. ",
          "Nobody notices anything. ",
          h("kbd", {}, "Ctrl Enter"),
        ),
      );
    },
    /** @param {() => void} stop */
    wait(stop) {
      const began = Date.now();
      const told = h("span", {}, "Playing your resolved tickets …");
      put(
        h(
          "div",
          { class: "waiting" },
          h("progress", { "aria-label": "Trying" }),
          told,
          h("button", { type: "button", class: "button", onclick: stop }, "Stop"),
        ),
      );
      pane.setAttribute("aria-busy", "true");
      clock = setInterval(() => {
        told.textContent = `Playing your resolved tickets … ${Math.round((Date.now() - began) / 1000)} s`;
      }, 1000);
    },
    /** @param {string} why */
    refuse: (why) => put(h("p", { class: "quiet stop-text" }, why)),
    /** @param {Data} found */
    show(found) {
      data = found;
      const name = file.split("/").pop(); // the report names files without their folder
      const mine = (/** @type {any} */ row) => row.file === name;
      const rules = found.rules ?? [];
      put(
        tiles(found),
        ...(found.notes ?? []).map((/** @type {string} */ note) => h("p", { class: "hint" }, note)),
        part("Rules of this file", ruleTable(rules.filter(mine), found.tickets, go)),
        part("What changes, ticket by ticket", changes(found), found.changed?.tickets > 0),
        part(
          "Never fired",
          never(
            (found.never ?? []).filter((/** @type {any} */ row) => row.rule.startsWith(`${name}#`)),
            go,
          ),
        ),
        part("Get in each other’s way", collisions(found.collisions ?? [])),
        part("What agents did then, and how it ended", past(found)),
        part("Spend by month", months(found.spend)),
        rules.some((/** @type {any} */ row) => !mine(row)) &&
          part(
            "Rules of other files",
            ruleTable(
              rules.filter((/** @type {any} */ row) => !mine(row)),
              found.tickets,
              null,
            ),
            false,
          ),
      );
    },
    brief: () =>
      data
        ? `${count(data.tickets, "ticket")}; rules fire on ${data.coverage?.tickets ?? 0}; ${count(data.changed?.tickets ?? 0, "ticket")} would change.`
        : "",
  };
}

/** @param {string} title @param {Node | null} content @param {boolean} [open] */
const part = (title, content, open = true) =>
  content && h("details", { class: "part", open }, h("summary", {}, h("h3", {}, title)), content);

/** @param {Data} found */
function tiles(found) {
  const { coverage = {}, changed = {}, spend = {} } = found;
  const tile = (/** @type {string} */ value, /** @type {string} */ name, /** @type {string} */ more) =>
    h("div", { class: "tile" }, h("strong", {}, value), h("span", {}, name), more && h("small", {}, more));
  const money = (/** @type {number} */ sum) => amount(sum, spend.currency);
  const over = spend.over?.length ? `over the budget in ${spend.over.join(", ")}` : "";
  return h(
    "div",
    { class: "tiles" },
    tile(
      Number(found.tickets ?? 0).toLocaleString(),
      "tickets tried",
      found.from ? `${found.from} to ${found.until}` : "",
    ),
    tile(percent(coverage.share), "met by a rule", `published: ${percent(coverage.before_share)}`),
    tile(
      Number(changed.tickets ?? 0).toLocaleString(),
      changed.tickets === 1 ? "ticket changes" : "tickets change",
      "against what is published",
    ),
    tile(
      money(spend.after ?? 0),
      "a month on gestures",
      over || `published: ${money(spend.before ?? 0)}${spend.budget ? `; budget ${money(spend.budget)}` : ""}`,
    ),
  );
}

/**
 * @param {any[]} rules
 * @param {number} tickets
 * @param {((line: number) => void) | null} go
 */
function ruleTable(rules, tickets, go) {
  if (!rules.length) return h("p", { class: "quiet" }, "This file has no rules yet.");
  const most = Math.max(1, ...rules.map((row) => row.fires));
  return h(
    "table",
    { class: "rules" },
    h(
      "thead",
      {},
      h("tr", {}, ...["Rule", "Fires", "Published", "Shows", "Spend"].map((name) => h("th", { scope: "col" }, name))),
    ),
    h(
      "tbody",
      {},
      ...rules.map((row) =>
        h(
          "tr",
          { class: row.fires ? null : "silent" },
          h(
            "th",
            { scope: "row" },
            go
              ? h("button", { type: "button", class: "link", onclick: () => go(row.line) }, titleOf(row.id))
              : titleOf(row.id),
            !row.enabled && h("span", { class: "label" }, "off"),
            row.examples?.length > 0 && examples(row.examples),
          ),
          h(
            "td",
            { class: "number" },
            h("meter", { min: 0, max: most, value: row.fires, "aria-hidden": "true" }),
            ` ${row.fires.toLocaleString()}`,
            h("small", {}, ` of ${Number(tickets).toLocaleString()}`),
            row.arms?.control > 0 && h("small", {}, `, ${row.arms.control} held back to compare`),
          ),
          h("td", { class: "number" }, `${row.before.toLocaleString()}${NO_BREAK}${arrow(row.fires - row.before)}`),
          h(
            "td",
            {},
            Object.entries(row.shows ?? {})
              .map(([section, n]) => `${plainWords(section)} ${n}`)
              .join(", "),
          ),
          h("td", { class: "number" }, row.spend ? row.spend.toFixed(2) : ""),
        ),
      ),
    ),
  );
}

/** @param {number} difference */
const arrow = (difference) => (difference > 0 ? `+${difference}` : difference < 0 ? `−${-difference}` : "");

/** @param {any[]} list */
function examples(list) {
  return h(
    "details",
    { class: "examples" },
    h("summary", {}, count(list.length, "example")),
    h(
      "ul",
      {},
      ...list.map((one) =>
        h(
          "li",
          {},
          one.quote && h("q", {}, one.quote),
          h(
            "p",
            { class: "hint" },
            one.subject,
            ` · ${one.ticket_id}`,
            one.because?.length > 0 && ` · because ${one.because.map(plainWords).join(", ")}`,
          ),
          one.changes?.length > 0 && h("p", { class: "hint" }, one.changes.join("; ")),
        ),
      ),
    ),
  );
}

/** @param {Data} found */
function changes(found) {
  const rows = found.changes ?? [];
  if (!rows.length) return h("p", { class: "quiet" }, "On no ticket would agents have seen anything else.");
  const { tickets, shown } = found.changed;
  const lines = (
    /** @type {string} */ kind,
    /** @type {string} */ sign,
    /** @type {string} */ name,
    /** @type {string[]} */ list,
  ) =>
    list.map((line) =>
      h("li", { class: kind }, h("span", { class: "sign" }, sign, h("span", { class: "offscreen" }, name)), line),
    );
  return h(
    "div",
    {},
    shown < tickets && h("p", { class: "hint" }, `The first ${shown} of ${tickets}.`),
    h(
      "ul",
      { class: "changes" },
      ...rows.map((/** @type {any} */ row) =>
        h(
          "li",
          {},
          h(
            "details",
            {},
            h(
              "summary",
              {},
              h("span", { class: "subject" }, row.subject || "(no subject)"),
              h("span", { class: "hint" }, ` ${row.ticket_id} · ${brief(row)}`),
            ),
            row.quote && h("q", {}, row.quote),
            h(
              "ul",
              { class: "diff" },
              ...lines("gone", "−", "no longer: ", row.before),
              ...lines("come", "+", "new: ", row.after),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {any} row */
function brief(row) {
  const ids = (/** @type {string[]} */ list) => list.map((rule) => rule.split("#").pop());
  const before = ids(row.rules_before ?? []);
  const after = ids(row.rules_after ?? []);
  const come = after.filter((id) => !before.includes(id)).map((id) => `now ${titleOf(id)}`);
  const gone = before.filter((id) => !after.includes(id)).map((id) => `no longer ${titleOf(id)}`);
  return [...come, ...gone].join("; ") || count(row.before.length + row.after.length, "line differs", "lines differ");
}

/** @param {any[]} rows @param {(line: number) => void} go */
function never(rows, go) {
  if (!rows.length) return null;
  return h(
    "ul",
    { class: "never" },
    ...rows.map((row) =>
      h(
        "li",
        {},
        h("button", { type: "button", class: "link", onclick: () => go(row.line) }, titleOf(row.rule.split("#").pop())),
        h("span", {}, `: ${row.why}`),
        row.nearest?.length > 0 &&
          h(
            "details",
            { class: "examples" },
            h("summary", {}, "Tickets that came nearest"),
            h(
              "ul",
              {},
              ...row.nearest.map((/** @type {any} */ near) =>
                h(
                  "li",
                  {},
                  h("q", {}, near.quote),
                  h("p", { class: "hint" }, `${near.ticket_id} · missing: ${near.fails.map(plainWords).join(", ")}`),
                ),
              ),
            ),
          ),
      ),
    ),
  );
}

/** @param {any[]} rows */
function collisions(rows) {
  if (!rows.length) return null;
  return h(
    "ul",
    { class: "never" },
    ...rows.map((row) => h("li", {}, h("strong", {}, count(row.tickets, "ticket")), `: ${row.why}`)),
  );
}

/** @param {Data} found */
function past(found) {
  const { agents, outcomes } = found;
  if (!agents) return null;
  const rows = /** @type {[string, any][]} */ ([
    ["where a rule fires", outcomes?.fires],
    ["elsewhere", outcomes?.else],
  ]).filter(([, group]) => group);
  const kinds = Object.entries(agents.kinds ?? {});
  return h(
    "div",
    {},
    kinds.length > 0 &&
      h("p", {}, "Agents then: ", kinds.map(([kind, n]) => `${plainWords(kind)} ${n}`).join(", "), "."),
    h(
      "p",
      {},
      `The product given was among what would have been shown on ${agents.same_product} of ${agents.gave_product}; the code on ${agents.same_code} of ${agents.gave_code}.`,
    ),
    rows.length > 0 &&
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["Tickets", "", "Satisfaction", "Opened again", "Revenue kept"].map((name) =>
              h("th", { scope: "col" }, name),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          ...rows.map(([name, group]) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, capital(name)),
              h("td", { class: "number" }, group.tickets),
              h("td", { class: "number" }, group.csat === null ? "–" : `${group.csat} (${group.rated} rated)`),
              h("td", { class: "number" }, group.reopened === null ? "–" : percent(group.reopened)),
              h("td", { class: "number" }, amount(group.kept_revenue, found.spend?.currency)),
            ),
          ),
        ),
      ),
  );
}

/** @param {any} spend */
function months(spend) {
  if (!spend?.months?.some((/** @type {any} */ one) => one.before || one.after)) return null;
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...["Month", "Published", "This draft"].map((name) => h("th", { scope: "col" }, name)))),
    h(
      "tbody",
      {},
      ...spend.months.map((/** @type {any} */ one) =>
        h(
          "tr",
          {},
          h(
            "th",
            { scope: "row" },
            one.month,
            spend.over?.includes(one.month) && h("span", { class: "label error" }, "over budget"),
          ),
          h("td", { class: "number" }, amount(one.before, spend.currency)),
          h("td", { class: "number" }, amount(one.after, spend.currency)),
        ),
      ),
    ),
  );
}

/** @param {number | undefined} share */
const percent = (share) =>
  `${((share ?? 0) * 100).toLocaleString(undefined, { maximumFractionDigits: 1 })}${NO_BREAK}%`;

/** @param {number} sum @param {string} [currency] */
function amount(sum, currency) {
  try {
    if (currency) return new Intl.NumberFormat(undefined, { style: "currency", currency }).format(sum);
  } catch {
    // not a currency that the browser knows
  }
  return `${sum.toFixed(2)}${currency ? ` ${currency}` : ""}`;
}
