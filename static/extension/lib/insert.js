/**
 * Puts text at the caret of whatever editor a helpdesk uses, so that the editor's own model knows of it and one undo
 * takes it away. No single technique does that everywhere; each is tried until the editor visibly took the text.
 */

import { squash } from "./text.js";

/** @typedef {import("./types.js").InsertResult} InsertResult */
/** @typedef {HTMLTextAreaElement | HTMLInputElement} ValueElement */

const EDITABLE = [
  "textarea",
  "input[type=text]",
  "input:not([type])",
  "[contenteditable='']",
  "[contenteditable='true']",
  "[contenteditable='plaintext-only']",
].join(",");
/** Editors copy the selection into their model on the asynchronous selectionchange event. */
const SELECTION_MS = 40;
/** How long an editor may take that swallowed our event, and one that seems not to have noticed. */
const HANDLED_MS = 350;
const UNHANDLED_MS = 100;
const POLL_MS = 20;

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {Element | null} element @returns {element is ValueElement} */
const hasValue = (element) => element !== null && "value" in element;

/** @param {Element} element */
const content = (element) => (hasValue(element) ? element.value : /** @type {HTMLElement} */ (element).innerText);

/**
 * Inserts `text` where the agent's caret is, else at the end of the composer.
 * @param {string} text
 * @param {Document} document
 * @param {{composer?: Element | null, patience?: number}} [options] `composer`: where the helpdesk is known, the
 *   reply's editor (or what is around it) or null for none, so that no other field is taken for it; `patience`:
 *   milliseconds that it may take to appear
 * @returns {Promise<InsertResult>}
 */
export async function insertText(text, document, { composer, patience = 0 } = {}) {
  const editor = await waitForEditor(document, composer, patience);
  if (!editor) return { ok: false, reason: "no_editor" };
  await makeReady(editor);
  for (const [how, technique] of Object.entries(hasValue(editor) ? VALUE_TECHNIQUES : RICH_TECHNIQUES)) {
    const before = content(editor);
    const handled = technique(/** @type {any} */ (editor), text);
    const after = await settled(editor, before, handled ? HANDLED_MS : UNHANDLED_MS);
    if (after === before) continue;
    if (!squash(after).includes(squash(text))) return { ok: false, reason: "garbled" };
    selectFirstGap(editor, text);
    return { ok: true, how };
  }
  return { ok: false, reason: "not_taken" };
}

// ---------------------------------------------------------------- finding the editor

/**
 * @param {Document} document
 * @param {Element | null | undefined} composer
 * @param {number} patience
 */
async function waitForEditor(document, composer, patience) {
  for (let waited = 0; ; waited += SELECTION_MS) {
    const editor = findEditor(document, composer);
    if (editor || waited >= patience) return editor;
    await sleep(SELECTION_MS);
  }
}

/**
 * The helpdesk's composer if it is known; else the editor in focus; else the first that can be seen (rich editors hide
 * a textarea behind them).
 * @param {Document} document
 * @param {Element | null | undefined} composer
 * @returns {HTMLElement | null}
 */
function findEditor(document, composer) {
  if (composer === null) return null;
  const active = deepActive(document);
  if (composer) {
    if (active && isEditable(active) && composer.contains(active)) return editingRoot(active);
    return isEditable(composer)
      ? isUsable(composer)
        ? /** @type {HTMLElement} */ (composer)
        : null
      : firstUsable(composer);
  }
  if (active && isEditable(active) && isUsable(active)) return editingRoot(active);
  const visible = firstUsable(document);
  if (visible) return visible;
  for (const frame of document.querySelectorAll("iframe")) {
    const inner = frameDocument(frame);
    const found = inner && (inner.body?.isContentEditable ? inner.body : firstUsable(inner));
    if (found) return found;
  }
  return null;
}

/** @param {ParentNode} root */
const firstUsable = (root) =>
  /** @type {HTMLElement | undefined} */ ([...root.querySelectorAll(EDITABLE)].find(isUsable)) ?? null;

/** The focused element inside shadow roots and same-origin frames. @param {Document} document */
function deepActive(document) {
  let active = document.activeElement;
  for (;;) {
    const inner =
      active?.shadowRoot?.activeElement ??
      (active instanceof HTMLIFrameElement ? frameDocument(active)?.activeElement : null);
    if (!inner) return active;
    active = inner;
  }
}

/** @param {HTMLIFrameElement} frame */
function frameDocument(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null; // another origin's
  }
}

/** @param {Element} element */
const isEditable = (element) => element.matches(EDITABLE) || /** @type {HTMLElement} */ (element).isContentEditable;

/** @param {Element} element */
function isUsable(element) {
  const { width, height } = element.getBoundingClientRect();
  const { disabled, readOnly } = /** @type {Partial<ValueElement>} */ (element);
  return (
    width > 1 &&
    height > 1 &&
    element.checkVisibility({ visibilityProperty: true }) &&
    !disabled &&
    !readOnly &&
    element.getAttribute("aria-hidden") !== "true"
  );
}

/** The outermost editable element around one: that is where an editor listens. @param {Element} element */
function editingRoot(element) {
  let root = /** @type {HTMLElement} */ (element);
  while (!hasValue(root) && root.parentElement?.isContentEditable) root = root.parentElement;
  return root;
}

// ---------------------------------------------------------------- caret and selection

/** @param {HTMLElement} editor */
async function makeReady(editor) {
  const unfocused =
    editor.ownerDocument.activeElement !== editor && !editor.contains(editor.ownerDocument.activeElement);
  if (unfocused) editor.focus({ preventScroll: true });
  if (hasValue(editor)) {
    // A field that was never touched has its caret before the text that it was served with.
    if (unfocused && editor.selectionEnd === 0) editor.setSelectionRange(editor.value.length, editor.value.length);
  } else {
    const selection = editor.ownerDocument.getSelection();
    if (selection && !(selection.rangeCount && editor.contains(selection.getRangeAt(0).startContainer))) {
      selection.selectAllChildren(editor);
      selection.collapseToEnd();
    }
  }
  await sleep(SELECTION_MS);
}

/**
 * Blink joins execCommand("insertText") to typing that is still open, so that one undo would also eat the agent's own
 * words. Moving the selection away and back, unseen within one task, closes that typing.
 * @param {HTMLElement} editor
 */
function closeTyping(editor) {
  if (hasValue(editor)) {
    const start = editor.selectionStart ?? editor.value.length;
    const end = editor.selectionEnd ?? start;
    const direction = editor.selectionDirection ?? "none";
    const away = start === 0 && end === 0 ? Math.min(1, editor.value.length) : 0;
    editor.setSelectionRange(away, away);
    editor.setSelectionRange(start, end, direction);
    return;
  }
  const selection = editor.ownerDocument.getSelection();
  if (!selection?.anchorNode || !selection.focusNode) return;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  selection.selectAllChildren(editor);
  selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}

/**
 * What is still to be filled in gets selected, ready to be typed over.
 * @param {HTMLElement} editor
 * @param {string} text
 */
function selectFirstGap(editor, text) {
  const gap = /\[\[[^[\]]+\]\]/.exec(text);
  if (!gap || !hasValue(editor)) return;
  const inserted = editor.value.lastIndexOf(text, editor.selectionEnd ?? undefined);
  if (inserted < 0) return;
  const start = inserted + gap.index;
  editor.setSelectionRange(start, start + gap[0].length);
}

// ---------------------------------------------------------------- techniques, in the order in which they are tried
// Each says whether somebody handled it; whether it worked is read off the editor.

/** @type {Record<string, (editor: ValueElement, text: string) => boolean>} */
const VALUE_TECHNIQUES = {
  typed(editor, text) {
    closeTyping(editor);
    return editor.ownerDocument.execCommand("insertText", false, text);
  },
  // Loses the undo history, but reaches frameworks that replaced the value property of the element itself.
  value(editor, text) {
    const start = editor.selectionStart ?? editor.value.length;
    const end = editor.selectionEnd ?? start;
    const prototype =
      editor instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
    const property = Object.getOwnPropertyDescriptor(prototype, "value");
    property?.set?.call(editor, editor.value.slice(0, start) + text + editor.value.slice(end));
    editor.setSelectionRange(start + text.length, start + text.length);
    editor.dispatchEvent(
      new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText", data: text }),
    );
    return true;
  },
};

/** @type {Record<string, (editor: HTMLElement, text: string) => boolean>} */
const RICH_TECHNIQUES = {
  pasted: (editor, text) => !editor.dispatchEvent(pasteEvent(text, toHtml(text))),
  pastedPlain: (editor, text) => !editor.dispatchEvent(pasteEvent(text, null)),
  beforeInput(editor, text) {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData("text/plain", text);
    dataTransfer.setData("text/html", toHtml(text));
    const init = { inputType: "insertFromPaste", dataTransfer, bubbles: true, cancelable: true, composed: true };
    return !editor.dispatchEvent(new InputEvent("beforeinput", init));
  },
  typed(editor, text) {
    closeTyping(editor);
    const { ownerDocument } = editor;
    return text.includes("\n")
      ? ownerDocument.execCommand("insertHTML", false, toLines(text)) // to paragraphs Blink would add inline styles
      : ownerDocument.execCommand("insertText", false, text);
  },
};

/** @param {string} text @param {string | null} html */
function pasteEvent(text, html) {
  const init = { bubbles: true, cancelable: true, composed: true };
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  if (html !== null) clipboardData.setData("text/html", html);
  const event = new ClipboardEvent("paste", { ...init, clipboardData });
  if (event.clipboardData?.getData("text/plain")) return event;
  // Firefox ignores clipboardData here; it has two members of its own instead.
  return new ClipboardEvent("paste", /** @type {any} */ ({ ...init, dataType: "text/plain", data: text }));
}

/** Paragraphs and line breaks. @param {string} text */
const toHtml = (text) =>
  text
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${toLines(paragraph)}</p>`)
    .join("");

/** Line breaks; everything else in the text is made harmless. @param {string} text */
function toLines(text) {
  /** @type {Record<string, string>} */
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character]).replace(/\n/g, "<br>");
}

/**
 * The editor's content once it changed and had a moment to finish, or unchanged after `limit` milliseconds.
 * @param {Element} editor
 * @param {string} before
 * @param {number} limit
 */
async function settled(editor, before, limit) {
  for (let waited = 0; waited < limit && content(editor) === before; waited += POLL_MS) await sleep(POLL_MS);
  if (content(editor) !== before) await sleep(POLL_MS * 2);
  return content(editor);
}
