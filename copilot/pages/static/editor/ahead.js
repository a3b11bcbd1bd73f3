/** What is typed before a dialog is there belongs to the dialog, not to the text that had the focus. */

/**
 * Keeps keys from the page until it is ended.
 * @returns {() => string} ends it; what was typed meanwhile
 */
export function typedAhead() {
  let typed = "";
  /** @param {KeyboardEvent} event */
  const take = (event) => {
    if (event.key === "F5" || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Backspace") typed = typed.slice(0, -1);
    else if ([...event.key].length === 1) typed += event.key;
  };
  addEventListener("keydown", take, { capture: true });
  return () => {
    removeEventListener("keydown", take, { capture: true });
    return typed;
  };
}
