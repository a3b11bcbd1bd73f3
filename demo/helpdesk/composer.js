/** The reply composer: a plain text box, or a rich editor, as helpdesks have them. "Send" only adds to the page. */

import { h } from "/demo/lib/dom.js";

/** @param {(text: string) => void} onSend */
export function composer(onSend) {
  const plain = h("textarea", { "data-composer": true, rows: 6, "aria-label": "Reply", placeholder: "Write a reply…" });
  const rich = h("div", {
    "data-composer": true,
    class: "rich",
    contenteditable: "true",
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": "Reply",
    hidden: true,
  });
  const modes = [mode("Plain text", plain), mode("Rich text", rich)];

  /** @param {string} label @param {HTMLElement} editor */
  function mode(label, editor) {
    return h(
      "button",
      { type: "button", class: "button", "aria-pressed": String(editor === plain), onclick: () => choose(editor) },
      label,
    );
  }

  /** @param {HTMLElement} editor */
  function choose(editor) {
    for (const one of [plain, rich]) one.hidden = one !== editor;
    for (const button of modes)
      button.setAttribute("aria-pressed", String((button === modes[0]) === (editor === plain)));
    editor.focus();
  }

  function send() {
    const text = (plain.hidden ? rich.innerText : plain.value).trim();
    if (!text) return;
    onSend(text);
    plain.value = "";
    rich.replaceChildren();
  }

  return h(
    "div",
    { class: "composer" },
    h("div", { class: "modes", role: "group", "aria-label": "Editor" }, ...modes),
    plain,
    rich,
    h("div", { class: "send" }, h("button", { class: "button primary", type: "button", onclick: send }, "Add reply")),
  );
}
