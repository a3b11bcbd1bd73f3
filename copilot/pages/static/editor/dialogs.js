/** The dialogs: somebody else saved, publishing, and the keys. The browser's own <dialog> keeps the focus inside. */

import { EditorState, EditorView, MergeView, lineNumbers, yaml } from "./vendor/codemirror.js";
import { count, h } from "./dom.js";
import { problemList } from "./problems.js";

/** @typedef {import("./types.js").Conflict} Conflict */
/** @typedef {import("./types.js").Problem} Problem */

/**
 * Shows a dialog and waits for what was chosen; "" when she left it.
 * @param {string} title
 * @param {import("./dom.js").Child[]} content
 * @param {{value: string, name: string, primary?: boolean, disabled?: boolean}[]} choices
 * @param {{wide?: boolean, accept?: (value: string) => boolean}} [options] `accept` may refuse a choice
 * @returns {Promise<string>}
 */
export function ask(title, content, choices, { wide = false, accept = () => true } = {}) {
  return new Promise((resolve) => {
    let chosen = "";
    const back = /** @type {HTMLElement | null} */ (document.activeElement);
    const buttons = choices.map(({ value, name, primary, disabled }) =>
      h(
        "button",
        {
          type: value ? "submit" : "button",
          value,
          disabled,
          class: primary ? "button primary" : "button",
          onclick: (/** @type {Event} */ event) => {
            event.preventDefault();
            if (value && !accept(value)) return;
            chosen = value;
            dialog.close();
          },
        },
        name,
      ),
    );
    const id = `title-${title.length}-${choices.length}`;
    const dialog = h(
      "dialog",
      { class: wide ? "wide" : null, "aria-labelledby": id },
      h(
        "form",
        { method: "dialog" },
        h("h2", { id }, title),
        ...content,
        h("div", { class: "actions end" }, ...buttons),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      back?.focus();
      resolve(chosen);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A moment as people say it. @param {string} at */
export function moment(at) {
  const then = new Date(at);
  if (Number.isNaN(then.getTime())) return at;
  const today = then.toDateString() === new Date().toDateString();
  return then.toLocaleString(undefined, today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

/**
 * Both texts beside each other, with what differs; hers may be edited and take pieces of the other.
 * @param {string} theirs
 * @param {string} mine
 * @param {string} nonce
 * @param {string} by
 */
function beside(theirs, mine, nonce, by) {
  const parent = h("div", { class: "merge" });
  const words = EditorState.phrases.of({ "Revert this chunk": "Take this piece over" });
  const shared = [words, EditorView.cspNonce.of(nonce), lineNumbers(), yaml(), EditorView.lineWrapping];
  const name = (/** @type {string} */ text) => EditorView.contentAttributes.of({ "aria-label": text, tabindex: "0" });
  const view = new MergeView({
    parent,
    a: {
      doc: theirs,
      extensions: [...shared, name(`What ${by} saved`), EditorState.readOnly.of(true), EditorView.editable.of(false)],
    },
    b: { doc: mine, extensions: [...shared, name("Your text")] },
    revertControls: "a-to-b",
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: true,
  });
  return { parent, text: () => view.b.state.doc.toString(), end: () => view.destroy() };
}

/**
 * Somebody saved before us. Nothing is lost whatever is chosen.
 * @param {Conflict} conflict
 * @param {string} mine
 * @param {string} nonce
 * @param {string} copy the name that a copy would get
 * @returns {Promise<{choice: "copy" | "theirs" | "merged" | "", text: string}>}
 */
export async function conflictDialog(conflict, mine, nonce, copy) {
  const by = conflict.by || "Somebody else";
  const merge = beside(conflict.text, mine, nonce, by);
  const choice = /** @type {any} */ (
    await ask(
      `${by} saved this playbook while you were editing`,
      [
        h(
          "p",
          {},
          `Saved ${moment(conflict.at)}. Nothing of yours was saved over it, and nothing is lost. `,
          "On the right is your text: the arrows take a piece of the other over, and you may type.",
        ),
        h("div", { class: "merge-heads" }, h("h3", {}, `${by}’s`), h("h3", {}, "Yours")),
        merge.parent,
      ],
      [
        { value: "", name: "Keep editing" },
        { value: "theirs", name: `Take ${by}’s` },
        { value: "copy", name: `Keep mine as ${copy}` },
        { value: "merged", name: "Save what is on the right", primary: true },
      ],
      { wide: true },
    )
  );
  const text = merge.text();
  merge.end();
  return { choice, text };
}

/**
 * @param {Problem[]} problems
 * @param {string} file
 * @param {(problem: Problem) => void} go
 * @param {{changed: boolean, typed: string}} more whether anything differs from what is published, and what she has
 * typed of her message already
 * @returns {Promise<string>} the message, or "" when she does not publish
 */
export async function publishDialog(problems, file, go, { changed, typed }) {
  const errors = problems.filter((one) => one.severity === "error");
  const blocked = errors.length > 0;
  let leave = () => {};
  const list = problemList(problems, file, (problem) => {
    leave();
    setTimeout(() => go(problem)); // after the dialog gave the focus back
  });
  const message = h("input", {
    type: "text",
    name: "message",
    id: "publish-message",
    maxlength: 200,
    autocomplete: "off",
    value: typed,
    placeholder: "Such as: night cream for dry skin, until spring",
  });
  const hint = h("p", { class: "hint stop-text", role: "alert" });
  const content = blocked
    ? [h("p", {}, `${count(errors.length, "error")} must be put right first.`), ...list]
    : [
        !changed && h("p", { class: "hint" }, "This is what is published already."),
        problems.length > 0 && h("p", {}, `${count(problems.length, "warning")}; you may publish all the same.`),
        ...(problems.length ? list : []),
        h("label", { for: "publish-message" }, "What changes, and why?"),
        message,
        hint,
        h(
          "p",
          { class: "hint" },
          "Agents get it within two seconds. History keeps every version; one click goes back.",
        ),
      ];
  const pending = ask(
    `Publish ${file}`,
    content,
    [
      { value: "", name: blocked ? "Close" : "Not yet" },
      ...(blocked ? [] : [{ value: "publish", name: "Publish", primary: true }]),
    ],
    {
      accept: () => {
        hint.textContent = message.value.trim() ? "" : "Say in a few words what changes: it stands in the history.";
        if (!message.value.trim()) message.focus();
        return message.value.trim() !== "";
      },
    },
  );
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog[open]"));
  leave = () => dialog.close();
  if (!blocked) {
    message.focus();
    message.setSelectionRange(typed.length, typed.length);
  }
  return (await pending) === "publish" ? message.value.trim() : "";
}

/** @param {[string, string][]} keys */
export function keysDialog(keys) {
  return ask(
    "Keys",
    [h("dl", { class: "keys" }, ...keys.flatMap(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)]))],
    [{ value: "", name: "Close", primary: true }],
  );
}
