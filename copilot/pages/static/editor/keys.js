/** The keys of the page, and the sheet that tells them. */

export const SHEET = /** @type {[string, string][]} */ ([
  ["Ctrl S", "Save the draft"],
  ["Ctrl Enter", "Try it against resolved tickets"],
  ["Ctrl Alt P", "Publish"],
  ["F8, Shift F8", "Next problem, the one before"],
  ["F6, Shift F6", "Next part of the page: form, YAML, problems"],
  ["Ctrl Z, Ctrl Shift Z", "Undo, do again; also what the form did"],
  ["Alt ↑, Alt ↓", "Move the rule whose title has the focus, or the line in the YAML"],
  ["Ctrl Space", "Completion in the YAML"],
  ["Ctrl F", "Find in the YAML"],
  ["Ctrl ], Ctrl [", "Indent a line more, or less; Tab leaves the YAML"],
  ["F1", "These keys"],
]);

/**
 * On a Mac, Cmd counts as Ctrl.
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by "ctrl+s", "shift+f8" …
 * @param {AbortSignal} [signal]
 */
export function listen(actions, signal) {
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || document.querySelector("dialog[open]")) return;
      const name = [
        (event.ctrlKey || event.metaKey) && "ctrl",
        event.altKey && "alt",
        event.shiftKey && "shift",
        event.key.toLowerCase(),
      ]
        .filter(Boolean)
        .join("+");
      const act = actions[name];
      if (!act) return;
      // The browser's own undo stays in text fields of the form.
      if (
        /\+z$/.test(name) &&
        /** @type {Element} */ (event.target).matches("input[type=text], input[type=number], textarea")
      )
        return;
      event.preventDefault();
      event.stopPropagation();
      act(event);
    },
    { capture: true, ...(signal && { signal }) },
  );
}
