/** Moving about: to a problem, a line, a rule, or the next part of the page. */

import { EditorView } from "./vendor/codemirror.js";
import { markRule } from "./codeview.js";
import { goTo } from "./problems.js";

/** @typedef {import("./types.js").Problem} Problem */
/** @typedef {import("./types.js").Path} Path */

/**
 * @param {object} parts
 * @param {string} parts.file
 * @param {EditorView} parts.view
 * @param {ReturnType<typeof import("./shell.js").shell>} parts.page
 * @param {() => ReturnType<typeof import("./form.js").formPane>} parts.form
 * @param {() => Problem[]} parts.problems
 */
export function mover({ file, view, page, form, problems }) {
  /** @param {Problem} problem */
  function go(problem) {
    if (page.code.hidden) page.show("both");
    goTo(view, problem);
  }

  /** @param {number} step */
  function nextProblem(step) {
    const here = problems().filter((one) => one.file === file);
    if (!here.length) return page.announce("No problems in this file");
    const head = view.state.selection.main.head;
    const line = view.state.doc.lineAt(head);
    const place = line.number * 1e5 + head - line.from + 1;
    const after = (/** @type {Problem} */ one) => one.line * 1e5 + one.col;
    const found =
      step > 0
        ? (here.find((one) => after(one) > place) ?? here[0])
        : (here.findLast((one) => after(one) < place) ?? /** @type {Problem} */ (here.at(-1)));
    go(found);
    page.announce(`Line ${found.line}: ${found.severity}: ${found.message}`);
  }

  /** @param {Path} path */
  function showInCode(path) {
    const range = form().rangeOf(path);
    if (!range) return;
    const { length } = view.state.sliceDoc(range.from, range.to).trimEnd();
    view.dispatch({
      effects: [
        markRule.of({ from: range.from, to: range.from + length }),
        EditorView.scrollIntoView(range.from, { y: "start", yMargin: 40 }),
      ],
    });
  }

  /** `#line-12` leads to the line, and opens the rule that stands there. */
  function followHash() {
    const line = Number(/^#line-(\d+)$/.exec(location.hash)?.[1] ?? 0);
    if (!line) return;
    const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
    const entry = form().entryAt(from + 4) ?? form().entryAt(from);
    if (entry) form().open(entry);
    go({ file, line, col: 1, severity: "warning", message: "", code: "" });
  }

  /** @param {number} step */
  function nextPart(step) {
    const parts = page.parts();
    const at = parts.findIndex((part) => part.contains(document.activeElement));
    const part = parts[(at + step + parts.length) % parts.length];
    if (part === page.code) view.focus();
    else
      /** @type {HTMLElement | null} */ (part.querySelector("button:not(:disabled), input, [tabindex='0']"))?.focus();
  }

  return { go, nextProblem, showInCode, followHash, nextPart };
}
