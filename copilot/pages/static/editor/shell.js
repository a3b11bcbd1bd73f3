/** The frame of the page: the bar with what can be done, the two sides, and the drawer below. */

import { ICONS, h, icon, iconButton } from "./dom.js";

/**
 * @param {HTMLElement} root
 * @param {object} about
 * @param {string} about.file
 * @param {Record<"save" | "tryIt" | "publish" | "undo" | "redo" | "keys", () => void>} actions
 */
export function shell(root, { file }, actions) {
  const status = h("p", { class: "status", id: "status" });
  const announcer = h("p", { class: "offscreen", role: "status", "aria-live": "polite", "aria-atomic": "false" });
  const button = (/** @type {string} */ name, /** @type {import("./dom.js").Props} */ props, primary = false) =>
    h("button", { type: "button", class: primary ? "button primary" : "button", ...props }, name);
  const save = button("Save draft", { onclick: actions.save, title: "Ctrl S" });
  const attempt = button("Try it", { onclick: actions.tryIt, title: "Ctrl Enter" });
  attempt.prepend(icon(ICONS.play));
  const publish = button("Publish…", { onclick: actions.publish, title: "Ctrl Alt P" }, true);
  const undo = iconButton(ICONS.undo, "Undo", { onclick: actions.undo });
  const redo = iconButton(ICONS.redo, "Do again", { onclick: actions.redo });

  const form = h("section", { class: "pane form", id: "form", "aria-label": "Form", tabindex: "0" });
  const code = h("section", { class: "pane code", id: "code", "aria-label": "YAML" });
  const help = h(
    "p",
    { class: "offscreen", id: "yaml-help" },
    "Control Space completes. Tab leaves the text. F8 goes to the next problem. F1 lists all keys.",
  );
  const panes = h("div", { class: "panes both" }, form, code);

  const views = /** @type {const} */ ([
    ["form", "Form"],
    ["both", "Both"],
    ["code", "YAML"],
  ]);
  const shown = localStorageValue("copilot-editor-view") ?? (innerWidth < 700 ? "form" : "both");
  const chooser = h(
    "fieldset",
    { class: "views" },
    h("legend", { class: "offscreen" }, "What is shown"),
    ...views.map(([value, name]) =>
      h(
        "label",
        {},
        h("input", { type: "radio", name: "view", value, checked: value === shown, onchange: () => show(value) }),
        h("span", {}, name),
      ),
    ),
  );
  /** @type {() => void} */
  let onShown = () => {};
  /** @param {string} value */
  function show(value) {
    panes.className = `panes ${value}`;
    form.hidden = value === "code";
    code.hidden = value === "form";
    try {
      localStorage.setItem("copilot-editor-view", value);
    } catch {
      // it is only a preference
    }
    onShown();
  }

  const problems = h("div", { id: "problems", role: "tabpanel", "aria-labelledby": "tab-problems", tabindex: "0" });
  const report = h("div", {
    id: "report",
    role: "tabpanel",
    "aria-labelledby": "tab-report",
    tabindex: "0",
    hidden: true,
  });
  const tabs = [tab("tab-problems", "Problems", problems), tab("tab-report", "Try it", report)];
  const size = h(
    "button",
    { type: "button", class: "link", onclick: () => enlarge(!drawer.classList.contains("large")) },
    "Larger",
  );
  const drawer = h(
    "section",
    { class: "drawer", "aria-label": "Problems and trial" },
    h(
      "div",
      { class: "drawer-head" },
      h("div", { role: "tablist", "aria-label": "Problems and trial" }, ...tabs),
      size,
    ),
    problems,
    report,
  );

  /** @param {boolean} large */
  function enlarge(large) {
    drawer.classList.toggle("large", large);
    size.textContent = large ? "Smaller" : "Larger";
  }

  /** @param {string} id @param {string} name @param {HTMLElement} panel */
  function tab(id, name, panel) {
    return h(
      "button",
      {
        type: "button",
        role: "tab",
        id,
        "aria-controls": panel.id,
        "aria-selected": String(panel === problems),
        tabindex: panel === problems ? "0" : "-1",
        onclick: () => select(panel),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
          select(panel === problems ? report : problems);
          tabs.find((one) => one.getAttribute("aria-selected") === "true")?.focus();
        },
      },
      name,
    );
  }

  /** @param {HTMLElement} panel */
  function select(panel) {
    for (const one of [problems, report]) one.hidden = one !== panel;
    drawer.classList.toggle("trial", panel === report);
    for (const one of tabs) {
      const chosen = one.getAttribute("aria-controls") === panel.id;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
    }
  }

  const banner = h("div", { class: "banner", hidden: true });
  root.replaceChildren(
    h(
      "div",
      { class: "bar", role: "toolbar", "aria-label": "Playbook" },
      h("p", { class: "file-name" }, file),
      status,
      h(
        "div",
        { class: "actions" },
        undo,
        redo,
        chooser,
        save,
        attempt,
        publish,
        button("?", { onclick: actions.keys, "aria-label": "Keys", title: "F1" }),
      ),
    ),
    banner,
    panes,
    help,
    drawer,
    announcer,
  );
  show(shown);

  return {
    form,
    code,
    problems,
    report,
    buttons: { save, attempt, publish, undo, redo },
    /** @param {string} text @param {"" | "good" | "bad"} [tone] @param {import("./dom.js").Child} [more] */
    say(text, tone = "", more = null) {
      status.className = `status ${tone}`;
      status.replaceChildren(text, ...(more instanceof Node ? [" ", more] : []));
    },
    /** For those who do not see the page change. Each is read, also when they come fast. @param {string} text */
    announce(text) {
      const line = h("span", {}, `${text}. `);
      announcer.append(line);
      setTimeout(() => line.remove(), 4000);
    },
    /** @param {string} brief */
    nameProblems(brief) {
      tabs[0].textContent = brief ? `Problems: ${brief}` : "Problems: none";
      tabs[0].classList.toggle("bad", brief.includes("error"));
    },
    showReport: () => select(report),
    showProblems: () => select(problems),
    enlarge,
    /** @param {import("./dom.js").Child[]} content */
    tell(content) {
      banner.hidden = content.length === 0;
      banner.replaceChildren(
        ...content.filter((one) => one !== null && one !== false).map((one) => /** @type {Node} */ (one)),
      );
    },
    /** @param {() => void} act */
    whenShown: (act) => (onShown = act),
    show,
    /** The parts between which F6 goes. */
    parts: () => [form, code, drawer].filter((one) => !one.hidden),
  };
}

/** @param {string} key */
function localStorageValue(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
