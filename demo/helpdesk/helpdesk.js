/** A small helpdesk to try the copilot on: an inbox, a thread, a composer. Tickets change without a page load. */

import { h } from "/demo/lib/dom.js";
import { connectPanel } from "/demo/bridge.js";
import { composer } from "/demo/composer.js";

/**
 * @typedef {{author: string, name: string, sent_at: string, text: string}} Message
 * @typedef {{id: string, subject: string, channel: string, customer: {name: string, email: string}, cc: string[],
 *   orders: string[], tags: string[], messages: Message[]}} Ticket
 */

const PATH = /^\/demo\/tickets\/([^/]+)$/;
const AUTHORS = /** @type {Record<string, string>} */ ({
  customer: "Customer",
  agent: "Agent",
  note: "Internal note",
  system: "System",
});

/** @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {{shop: string, agent: string, tickets: Ticket[]}} */
const desk = await (await fetch("/demo/tickets.json")).json();

function open() {
  const id = PATH.exec(location.pathname)?.[1];
  const ticket = desk.tickets.find((one) => one.id === id) ?? null;
  document.title = ticket ? `${ticket.subject} · ${desk.shop}` : desk.shop;
  place("inbox").replaceChildren(...desk.tickets.map((one) => entry(one, one === ticket)));
  place("ticket").replaceChildren(ticket ? thread(ticket) : h("p", { class: "nothing" }, "Choose a ticket."));
}

/** @param {string} id */
function goTo(id) {
  history.pushState(null, "", `/demo/tickets/${id}`);
  open();
  place("inbox").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

/** @param {Ticket} ticket @param {boolean} current */
const entry = (ticket, current) =>
  h(
    "a",
    {
      href: `/demo/tickets/${ticket.id}`,
      "aria-current": current ? "page" : null,
      onclick: (/** @type {MouseEvent} */ event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        goTo(ticket.id);
      },
    },
    h(
      "span",
      { class: "line" },
      h("span", { class: "name" }, ticket.customer.name),
      h("span", { class: "channel" }, ticket.channel),
    ),
    h("span", { class: "subject" }, ticket.subject),
    h("span", { class: "excerpt" }, ticket.messages.at(-1)?.text.replace(/\s+/g, " ").slice(0, 90)),
  );

/** @param {Ticket} ticket */
function thread(ticket) {
  const messages = h("div", { class: "messages" }, ...ticket.messages.map(bubble));
  return h(
    "article",
    {
      "data-ticket-id": ticket.id,
      "data-channel": ticket.channel,
      "data-customer": ticket.customer.name,
      "data-email": ticket.customer.email,
      "data-orders": ticket.orders.join(" "),
      "data-tags": ticket.tags.join(" "),
      "data-agent": desk.agent,
    },
    h(
      "header",
      { class: "head" },
      h("h1", { "data-subject": true }, ticket.subject),
      h(
        "p",
        {},
        `#${ticket.id} · ${ticket.customer.name} <${ticket.customer.email}>`,
        ticket.orders.length > 0 && ` · ${ticket.orders.join(", ")}`,
      ),
      ticket.cc.length > 0 && h("p", {}, `In copy: ${ticket.cc.join(", ")}`),
    ),
    messages,
    composer((text) => {
      const message = { author: "agent", name: desk.agent, sent_at: new Date().toISOString(), text };
      ticket.messages.push(message);
      messages.append(bubble(message));
    }),
  );
}

/** @param {Message} message */
const bubble = ({ author, name, sent_at: sentAt, text }) =>
  h(
    "section",
    { class: `bubble ${author}`, "data-author": author, "data-name": name, "data-sent-at": sentAt },
    h(
      "p",
      { class: "by" },
      h("strong", {}, name),
      ` · ${AUTHORS[author]} · `,
      h("time", { datetime: sentAt }, time(sentAt)),
    ),
    h("div", { class: "text", "data-text": true }, text),
  );

/** @param {string} iso */
const time = (iso) =>
  new Date(iso).toLocaleString(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const frame = /** @type {HTMLIFrameElement} */ (place("copilot"));
const panelSwitch = place("panel-switch");
panelSwitch.addEventListener("click", () => {
  frame.hidden = !frame.hidden;
  panelSwitch.setAttribute("aria-pressed", String(!frame.hidden));
});

place("shop").textContent = desk.shop;
window.addEventListener("popstate", open);
if (PATH.test(location.pathname)) open();
else {
  history.replaceState(null, "", `/demo/tickets/${desk.tickets[0].id}`);
  open();
}
connectPanel(frame);
