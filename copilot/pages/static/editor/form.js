/** The form beside the YAML: the same file as cards. The text is the truth; the form shows it and asks for edits. */

import { card } from "./card.js";
import { h } from "./dom.js";
import { appending, removal, setting, valueAt } from "./edits.js";
import { field, group } from "./fields.js";
import { keyOf } from "./inputs.js";
import { picker } from "./picker.js";
import { SECTIONS, capital, plainWords } from "./words.js";

/** @typedef {import("./types.js").Path} Path */
/** @typedef {import("./types.js").Edit} Edit */
/** @typedef {import("./types.js").Problem} Problem */
/** @typedef {import("./tree.js").Tree} Tree */
/** @typedef {import("./fields.js").Form} Form */

/**
 * @param {HTMLElement} pane
 * @param {object} options
 * @param {import("./schema.js").Schema} options.schema
 * @param {import("./types.js").Given} options.given
 * @param {(edits: Edit[], what: string) => Promise<boolean>} options.edit
 * @param {(path: Path) => void} options.show
 * @param {(problem: Problem) => void} options.go
 */
export function formPane(pane, { schema, given, edit, show, go }) {
  /** @type {any} */
  let content = {};
  /** @type {Tree | null} */
  let tree = null;
  /** @type {Problem[]} */
  let problems = [];
  /** @type {(line: number) => number} */
  let offsetOf = () => 0;
  /** Paths (as keys) that wait for a value -> the shape chosen. @type {Map<string, number | undefined>} */
  const waiting = new Map();
  /** @type {Set<string>} */
  const open = new Set();
  let current = "";
  let wanted = ""; // what gets the focus after the next rendering

  let postponed = false;

  // A list that is open, or a text that is being typed, is not replaced under her hands.
  const isBusy = () => {
    const active = /** @type {any} */ (document.activeElement);
    if (fields.querySelector(".menu")) return true;
    return fields.contains(active) && typeof active.defaultValue === "string" && active.value !== active.defaultValue;
  };
  const notice = h("div", { class: "broken", role: "status" });
  const fields = h("fieldset", { class: "bare" });
  pane.append(notice, fields);
  fields.addEventListener("change", ({ target }) => written(/** @type {any} */ (target)), true);
  fields.addEventListener("focusout", () => setTimeout(() => postponed && render()));

  /** What was typed is on its way into the text. @param {HTMLInputElement} input */
  function written(input) {
    if (typeof input.defaultValue === "string" && input.type !== "checkbox") input.defaultValue = input.value;
  }

  /** @type {Form} */
  const form = {
    schema,
    given,
    content: () => content,
    set(path, value) {
      if (path.length === 3 && path[2] === "id" && open.has(nameOf(path.slice(0, 2)))) open.add(`${path[0]}/${value}`);
      change(setting(content, path, value), path);
    },
    add(path, value) {
      wanted = `${keyOf(path)}add`;
      change(appending(content, path, value), path);
    },
    remove(path) {
      const there = valueAt(content, path) !== undefined;
      for (const key of [...waiting.keys()]) if (startsWith(JSON.parse(key), path)) waiting.delete(key);
      wanted = `${keyOf(path.slice(0, -1))}add`;
      if (there) change(removal(content, path), path);
      else render();
    },
    pend(path, shape) {
      waiting.set(keyOf(path), shape);
      wanted = keyOf(path);
      render();
    },
    pending: (path) =>
      [...waiting.keys()]
        .map((key) => /** @type {Path} */ (JSON.parse(key)))
        .filter((one) => one.length === path.length + 1 && startsWith(one, path))
        .map((one) => String(one.at(-1))),
    shape: (path) => waiting.get(keyOf(path)),
  };

  /** @param {Edit} one @param {Path} path */
  async function change(one, path) {
    if (!(await edit([one], plainWords(path.at(-1))))) render(true); // shows again what the text says
    for (const key of [...waiting.keys()]) if (valueAt(content, JSON.parse(key)) !== undefined) waiting.delete(key);
  }

  const actions = {
    toggle(/** @type {Path} */ path) {
      const name = nameOf(path);
      if (!open.delete(name)) {
        open.add(name);
        show(path);
      }
      wanted = `${keyOf(path)}head`;
      render();
    },
    async move(/** @type {Path} */ path, /** @type {number} */ to) {
      waiting.clear();
      const active = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.key ?? "";
      const role = active.slice(keyOf(path).length) || "head";
      wanted = `${keyOf([...path.slice(0, -1), to])}${role}`;
      await edit([{ path, move: to }], `moved to place ${to + 1}`);
    },
    async duplicate(/** @type {Path} */ path) {
      const entry = structuredClone(valueAt(content, path));
      if (entry.id) entry.id = free(String(entry.id), path[0]);
      const next = [...path.slice(0, -1), Number(path.at(-1)) + 1];
      waiting.clear();
      wanted = `${keyOf(next)}head`;
      await edit([{ path: next, insert: entry }], "copied");
    },
    async drop(/** @type {Path} */ path) {
      waiting.clear();
      const at = Number(path.at(-1));
      wanted = `${keyOf([...path.slice(0, -1), Math.max(at - 1, 0)])}head`;
      await edit([removal(content, path)], "deleted; undo brings it back");
    },
    show,
    go,
  };

  /** @param {string} id @param {string | number} section */
  function free(id, section) {
    const taken = new Set((content[section] ?? []).map((/** @type {any} */ one) => one?.id));
    const stem = id.replace(/-\d+$/, "");
    if (!taken.has(id)) return id;
    for (let n = 2; ; n++) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
  }

  /** An entry's id, so that it stays open while it moves. @param {Path} path */
  const nameOf = (path) => `${path[0]}/${valueAt(content, path)?.id ?? path.at(-1)}`;

  /** @param {string} section */
  async function addEntry(section) {
    const entry = { id: free(`new-${SECTIONS[/** @type {"rules"} */ (section)]?.one ?? "entry"}`, section) };
    const named = "id" in (schema.at([section, 0])?.properties ?? {});
    const list = content[section] ?? [];
    open.add(`${section}/${named ? entry.id : list.length}`);
    wanted = `${keyOf([section, list.length])}name`;
    await edit([appending(content, [section], named ? entry : { text: "…" })], "added");
  }

  /** @param {Path} path */
  function problemsIn(path) {
    const range = tree?.range(path);
    if (!range) return [];
    return problems.filter((one) => {
      const at = offsetOf(one.line);
      return one.file === given.file && at >= offsetOf(lineOf(range.from)) && at <= range.to;
    });
  }
  /** @type {(offset: number) => number} */
  let lineOf = () => 1;

  /** Cards by their path, with what they were made of. @type {Map<string, {made: string, element: HTMLElement}>} */
  const kept = new Map();

  /** @param {boolean} [afresh] */
  function render(afresh = false) {
    if (pane.hidden) return;
    postponed = isBusy();
    if (postponed) return;
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const focus = wanted || (active && pane.contains(active) ? (active.dataset.key ?? "") : "");
    wanted = "";
    if (afresh) kept.clear();
    const top = Object.entries(schema.root.properties ?? {});
    /** @type {string[]} */
    const plain = [];
    /** @type {Node[]} */
    const sections = [];
    /** @type {string[]} */
    const absent = [];
    for (const [key, raw] of top) {
      const node = schema.plain(raw);
      const isList = node.type === "array" && schema.plain(node.items).properties;
      if (!isList && !node.properties && !(node.type === "object")) {
        if (key !== "version") plain.push(key);
      } else if (content[key] === undefined && key !== "rules" && !waiting.has(keyOf([key]))) absent.push(key);
      else sections.push(isList ? cards(key) : single(key));
    }
    const about = h(
      "section",
      { class: "card about", "aria-label": "About this playbook" },
      group(form, [], content, { only: plain, always: ["name", "description", "owner"], add: "Add to this playbook" }),
    );
    const more =
      absent.length > 0 &&
      picker({
        name: "Add a section",
        key: "section-add",
        choices: () =>
          absent.map((key) => {
            const known = SECTIONS[/** @type {"rules"} */ (key)];
            return { value: key, name: known?.title ?? capital(plainWords(key)), about: known?.help ?? "" };
          }),
        choose: (key) => form.pend([key]),
      });
    const scrolled = pane.scrollTop;
    fields.replaceChildren(about, ...sections, ...(more ? [more] : []));
    pane.scrollTop = scrolled;
    if (focus) refocus(focus);
  }

  /** @param {string} focus */
  function refocus(focus) {
    const named = (/** @type {string} */ key) =>
      /** @type {HTMLElement | null} */ (fields.querySelector(`[data-key="${CSS.escape(key)}"]`));
    let found = named(focus);
    if (!found && focus.includes("[")) {
      // The field is gone, or is a part of the row with this path: its first control, else the nearest around it.
      const path = /^\[[^\]]*\]/.exec(focus)?.[0] ?? "[]";
      const row = fields.querySelector(`[data-path="${CSS.escape(path)}"]`);
      found = /** @type {HTMLElement | null} */ (row?.querySelector("input, select, textarea, button") ?? null);
      for (let around = /** @type {Path} */ (JSON.parse(path)); !found && around.length; around = around.slice(0, -1))
        found = named(`${keyOf(around)}add`) ?? named(`${keyOf(around)}head`);
    }
    if (found && found !== document.activeElement) found.focus();
  }

  /** @param {string} key */
  function cards(key) {
    const { title, one, help } = SECTIONS[/** @type {"rules"} */ (key)] ?? {
      title: capital(key),
      one: "entry",
      help: "",
    };
    const list = Array.isArray(content[key]) ? content[key] : [];
    return h(
      "section",
      { class: "section", "aria-label": title },
      h("h2", {}, title, h("span", { class: "hint" }, ` ${help}`)),
      ...list.map((/** @type {any} */ entry, /** @type {number} */ at) => {
        const path = [key, at];
        const about = { open: open.has(nameOf(path)), last: list.length - 1, one, problems: problemsIn(path) };
        const pendingHere = [...waiting.entries()].filter(([one]) => startsWith(JSON.parse(one), path));
        const gestures = about.open ? content.gestures?.map((/** @type {any} */ g) => g?.id) : null;
        const made = JSON.stringify([entry, about, pendingHere, gestures]);
        const old = kept.get(keyOf(path));
        if (old?.made === made) return old.element;
        const element =
          entry && typeof entry === "object" && !Array.isArray(entry)
            ? card(form, path, entry, about, actions)
            : h("p", { class: "card hint" }, `Entry ${at + 1} is no ${one} yet; write it in the YAML.`);
        element.classList.toggle("current", keyOf(path) === current);
        kept.set(keyOf(path), { made, element });
        return element;
      }),
      h(
        "button",
        { type: "button", class: "add big", "data-key": `${key}new`, onclick: () => addEntry(key) },
        `Add a ${one}`,
      ),
    );
  }

  /** @param {string} key */
  function single(key) {
    const { title, help } = SECTIONS[/** @type {"rules"} */ (key)] ?? { title: capital(key), help: "" };
    return h(
      "section",
      { class: "section", "aria-label": title },
      h("h2", {}, title, h("span", { class: "hint" }, ` ${help}`)),
      h("div", { class: "card" }, field(form, [key], content[key])),
    );
  }

  return {
    /**
     * Shows what the text says now.
     * @param {Tree} next
     * @param {import("./vendor/codemirror.js").Text} doc
     */
    update(next, doc) {
      const { broken } = next;
      fields.disabled = broken !== null;
      notice.replaceChildren(
        ...(broken
          ? [
              h("strong", {}, `Line ${broken.line} cannot be read yet.`),
              " The form shows the last version that could, and waits until the YAML is whole again.",
            ]
          : []),
      );
      if (broken) return;
      tree = next;
      content = next.value;
      offsetOf = (line) => doc.line(Math.min(Math.max(line, 1), doc.lines)).to;
      lineOf = (offset) => doc.lineAt(Math.min(offset, doc.length)).number;
      render();
    },
    /** @param {Problem[]} found */
    setProblems(found) {
      problems = found;
      if (!fields.disabled) render();
    },
    /** Marks the card of the entry that the cursor is in. @param {number} at */
    follow(at) {
      const path = this.entryAt(at);
      const key = path ? keyOf(path) : "";
      if (key === current) return;
      current = key;
      for (const element of fields.querySelectorAll(".rule")) {
        const mine = /** @type {HTMLElement} */ (element).dataset.path === key;
        element.classList.toggle("current", mine);
        if (mine) element.scrollIntoView({ block: "nearest" });
      }
    },
    /** The rule, gesture or example at a place of the text. @param {number} at @returns {Path | null} */
    entryAt(at) {
      for (const key of Object.keys(content)) {
        if (!Array.isArray(content[key])) continue;
        for (let index = 0; index < content[key].length; index++) {
          const range = tree?.range([key, index]);
          if (range && at >= range.from - 4 && at <= range.to) return [key, index];
        }
      }
      return null;
    },
    /** @param {Path} path */
    open(path) {
      open.add(nameOf(path));
      wanted = `${keyOf(path)}head`;
      render();
      show(path);
    },
    /** @param {Path} path */
    rangeOf: (path) => tree?.range(path) ?? null,
    render,
  };
}

/** @param {Path} path @param {Path} start */
const startsWith = (path, start) => start.every((step, at) => path[at] === step);
