/** A button that opens a list to choose from: type to narrow it down, arrows and Enter to choose, Escape to leave. */

import { ICONS, h, icon } from "./dom.js";

/** @typedef {{value: string, name: string, about?: string, topic?: string}} Choice */

let made = 0;

/**
 * @param {object} options
 * @param {string} options.name what the button says
 * @param {string} options.key names the button for keeping the focus
 * @param {() => Choice[]} options.choices
 * @param {(value: string) => void} options.choose
 * @param {boolean} [options.free] whether what was typed may be taken as it is
 * @param {boolean} [options.quiet] shows a plus alone
 * @param {boolean} [options.disabled]
 */
export function picker({ name, key, choices, choose, free = false, quiet = false, disabled = false }) {
  const id = `picker-${++made}`;
  const button = h(
    "button",
    {
      type: "button",
      class: quiet ? "add quiet-add" : "add",
      "data-key": key,
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-label": quiet ? name : null,
      title: quiet ? name : null,
      disabled,
      onclick: open,
    },
    icon(ICONS.plus),
    !quiet && name,
  );
  const box = h("span", { class: "picker" }, button);

  function open() {
    if (box.querySelector(".menu")) return close();
    const all = choices();
    /** @type {Choice[]} */
    let shown = [];
    let at = 0;
    const list = h("ul", { id, role: "listbox", "aria-label": name });
    const input = h("input", {
      type: "text",
      role: "combobox",
      "aria-label": name,
      "aria-expanded": "true",
      "aria-controls": id,
      "aria-autocomplete": "list",
      autocomplete: "off",
      placeholder: free ? (all.length ? "Type or choose" : "Type and press Enter") : "Type to narrow down",
      oninput: () => narrow(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => keys(event),
    });
    const menu = h("div", { class: "menu" }, input, list);
    // Leaving the menu closes it; the focus then is where she went.
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(/** @type {Node | null} */ (event.relatedTarget))) close(false);
    });
    box.append(menu);
    button.setAttribute("aria-expanded", "true");
    narrow();
    input.focus();
    menu.scrollIntoView({ block: "nearest" });

    function narrow() {
      const words = input.value.trim().toLowerCase().split(/\s+/);
      shown = all.filter((one) => {
        const text = `${one.name} ${one.value} ${one.topic ?? ""}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      const typed = input.value.trim();
      if (free && typed && !all.some((one) => one.value === typed))
        shown.push({ value: typed, name: `Use “${typed}”` });
      at = 0;
      /** @type {string | undefined} */
      let topic;
      list.replaceChildren(
        ...shown.slice(0, 200).flatMap((one, index) => {
          const head = one.topic !== topic && one.topic;
          topic = one.topic;
          const option = h(
            "li",
            {
              role: "option",
              id: `${id}-${index}`,
              onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
              onclick: () => take(index),
            },
            h("span", {}, one.name),
            one.about && h("small", {}, one.about),
          );
          return head ? [h("li", { role: "presentation", class: "topic" }, head), option] : [option];
        }),
      );
      if (!shown.length) list.append(h("li", { role: "presentation", class: "topic" }, "Nothing fits"));
      mark();
    }

    function mark() {
      for (const option of list.querySelectorAll("[role=option]")) {
        const chosen = option.id === `${id}-${at}`;
        option.setAttribute("aria-selected", String(chosen));
        if (chosen) option.scrollIntoView({ block: "nearest" });
      }
      if (shown.length) input.setAttribute("aria-activedescendant", `${id}-${at}`);
      else input.removeAttribute("aria-activedescendant");
    }

    /** @param {number} index */
    function take(index) {
      const found = shown[index];
      close();
      if (found) choose(found.value);
    }

    /** @param {KeyboardEvent} event */
    function keys(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
      if (step) at = Math.max(0, Math.min(shown.length - 1, at + step));
      else if (event.key === "Enter") take(at);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
      if (step) mark();
    }
  }

  /** @param {boolean} [back] whether the button gets the focus */
  function close(back = true) {
    const menu = box.querySelector(".menu");
    if (!menu) return;
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
    menu.remove();
  }

  return box;
}
