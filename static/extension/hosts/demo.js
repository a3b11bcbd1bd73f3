/** The demo helpdesk that the service itself can show. */

import { insertText } from "../lib/insert.js";
import { plainText } from "../lib/text.js";

/** @typedef {import("../lib/types.js").Message} Message */

/** @type {import("../lib/types.js").Host} */
export const demo = {
  id: "demo",
  label: "Demo helpdesk",
  attributes: ["data-ticket-id", "data-author"],

  match: (_location, document) => document.documentElement.dataset.helpdesk === "copilot-demo",

  readTicket(location, document) {
    const view = /** @type {HTMLElement | null} */ (document.querySelector("[data-ticket-id]"));
    if (!view?.dataset.ticketId) return null;
    const {
      ticketId: id,
      channel = "email",
      email = "",
      customer = "",
      orders = "",
      tags = "",
      agent = "",
    } = view.dataset;
    return {
      key: `${location.origin}|demo|${id}`,
      ticket: {
        id,
        helpdesk: "demo",
        subject: view.querySelector("[data-subject]")?.textContent?.trim() ?? "",
        channel,
        tags: words(tags),
        messages: [...view.querySelectorAll("[data-author]")].map(message),
        order_ids: words(orders),
      },
      customer: { ...(email && { email }), ...(customer && { name: customer }) },
      ...(agent && { agent }),
    };
  },

  insert: (text, document) =>
    insertText(text, document, { composer: document.querySelector("[data-composer]:not([hidden])") }),
};

/** @param {string} list */
const words = (list) => list.split(" ").filter(Boolean);

/** @param {Element} element @returns {Message} */
function message(element) {
  const { author, name, sentAt } = /** @type {HTMLElement} */ (element).dataset;
  return {
    author: author === "customer" || author === "agent" || author === "system" ? author : "note",
    text: plainText(element.querySelector("[data-text]") ?? element),
    ...(name && { name }),
    ...(sentAt && { sent_at: sentAt }),
  };
}
