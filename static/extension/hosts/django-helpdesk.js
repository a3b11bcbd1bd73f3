/**
 * django-helpdesk 2.6: the ticket page that its staff see. Read by its structure, never by words that it translates.
 */

import { insertText } from "../lib/insert.js";
import { plainText, squash } from "../lib/text.js";

/** @typedef {import("../lib/types.js").Message} Message */

const PATH = /^(.*)\/tickets\/(\d+)\/$/;
const ADDRESS = /[^\s<>@"']{1,64}@[^\s<>@"']{1,255}/;

/** @type {import("../lib/types.js").Host} */
export const djangoHelpdesk = {
  id: "django-helpdesk",
  label: "django-helpdesk",
  attributes: [],

  // The footer's attribution may be switched off; the update form's fields may not.
  match: (location, document) =>
    PATH.test(location.pathname) && document.querySelector("form[action$='/update/'] input[name='ticket_id']") !== null,

  readTicket(location, document) {
    const path = PATH.exec(location.pathname);
    const heading = document.querySelector("#content-wrapper h2");
    if (!path || !heading) return null;
    const [, prefix, id] = path;
    const email = field(document, "Submitter email");
    const description = describe(heading, email);
    const messages = description
      ? [description, ...followUps(document, email, description.text)]
      : followUps(document, email, "");
    const agent = document.querySelector("#userDropdown span")?.textContent?.trim();
    return {
      key: `${location.origin}${prefix}|django-helpdesk|${id}`,
      ticket: {
        id,
        helpdesk: "django-helpdesk",
        subject: subject(heading),
        channel: "email",
        tags: [],
        messages,
        order_ids: [],
      },
      customer: email ? { email } : {},
      ...(agent && { agent }),
    };
  },

  insert(text, document) {
    const composer = /** @type {HTMLElement | null} */ (document.querySelector("#commentBox"));
    // The form sits behind a tab unless the agent's settings put it on the page.
    if (composer && !composer.checkVisibility())
      /** @type {HTMLElement | null} */ (document.querySelector("#respond-tab"))?.click();
    return insertText(text, document, { composer, patience: 1_000 });
  },
};

/** @param {Element} heading */
function subject(heading) {
  const copy = /** @type {Element} */ (heading.cloneNode(true));
  for (const badge of copy.querySelectorAll(".badge")) badge.remove();
  return copy.textContent?.replace(/\s+/g, " ").trim() ?? "";
}

/** This label is the one text of the page that is never translated. @param {Document} document @param {string} label */
const field = (document, label) =>
  /** @type {HTMLInputElement | null} */ (
    document.querySelector(`input[readonly][aria-label="${label}"]`)
  )?.value.trim() ?? "";

/**
 * The description stands bare between the heading and the details, without an element of its own.
 * @param {Element} heading
 * @param {string} email
 * @returns {Message | null}
 */
function describe(heading, email) {
  const body = heading.closest(".card-body");
  if (!body) return null;
  const parts = [];
  for (const node of body.childNodes) {
    if (node instanceof Element && (node.contains(heading) || node.matches(".alert"))) continue;
    if (node instanceof Element && node.matches(".row")) break;
    parts.push(plainText(node));
  }
  const text = parts.filter(Boolean).join("\n\n").trim();
  return text ? { author: "customer", text, ...(email && { name: email }) } : null;
}

/**
 * The follow-ups that say something, oldest first however the page sorts them.
 * @param {Document} document
 * @param {string} email
 * @param {string} description the ticket's first words, which its first follow-up repeats
 */
function followUps(document, email, description) {
  const rows = [...document.querySelectorAll("#followup-list > li")].flatMap((row) => {
    const comment = row.querySelector(":scope > div.mt-3");
    const text = comment ? plainText(comment) : "";
    if (!text || squash(text) === squash(description)) return [];
    const sentAt = row.querySelector("time[datetime]")?.getAttribute("datetime") ?? "";
    const title = row.querySelector("h6")?.textContent ?? "";
    return [
      {
        sentAt,
        message: /** @type {Message} */ ({ ...from(row, title, email), text, ...(sentAt && { sent_at: sentAt }) }),
      },
    ];
  });
  rows.sort((a, b) => Date.parse(a.sentAt) - Date.parse(b.sentAt));
  return rows.map((row) => row.message);
}

/**
 * Who wrote a follow-up. Its badge's arrow points in or out and a lock marks what stays inside; the words beside
 * are translated.
 * @param {Element} row
 * @param {string} title
 * @param {string} email
 * @returns {Pick<Message, "author" | "name">}
 */
function from(row, title, email) {
  const badge = row.querySelector(":scope > div.d-flex .badge");
  const outward = badge?.querySelector(".fa-arrow-right");
  if (!outward && !badge?.querySelector(".fa-arrow-left")) return { author: "note" };
  // Who replies on the public ticket page is not signed in, and is shown as if the helpdesk had written.
  const signedIn = row.querySelector("time[datetime]")?.nextSibling?.textContent?.includes("·");
  if (outward && signedIn) return { author: "agent" };
  const sender = ADDRESS.exec(title)?.[0];
  // Somebody in copy wrote: the agent's colleague or the customer's, but not the customer.
  if (sender && email && sender.toLowerCase() !== email.toLowerCase()) return { author: "note", name: sender };
  return { author: "customer", ...(email && { name: email }) };
}
