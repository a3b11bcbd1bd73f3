/** What is wrong with the text: asked of the service as she types, shown at its line and in a list. */

import { EditorView, setDiagnostics } from "./vendor/codemirror.js";
import { Refused } from "./api.js";
import { count, h, pageOf } from "./dom.js";

/** @typedef {import("./types.js").Desk} Desk */
/** @typedef {import("./types.js").Problem} Problem */

const WAIT = 300; // ms after the last key

/**
 * Checks the text after each change, 300 ms later; an answer that is not about the text of now is dropped.
 * @param {Desk} desk
 * @param {import("./api.js").Service} service
 * @param {(problems: Problem[]) => void} found
 */
export function checker(desk, service, found) {
  /** @type {AbortController | null} */
  let asked = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Problem[]} */
  let last = [];
  /** The text that `last` is about. @type {import("./vendor/codemirror.js").Text | null} */
  let checked = null;

  async function check() {
    clearTimeout(timer);
    asked?.abort();
    const mine = (asked = new AbortController());
    const { doc } = desk.view.state;
    const files = { ...desk.given.others, [desk.given.file]: doc.toString() };
    try {
      const { problems } = await service.post("/playbooks/check", { files }, mine.signal);
      if (mine.signal.aborted || !desk.view.state.doc.eq(doc)) return last;
      last = problems;
      checked = doc;
      desk.view.dispatch(setDiagnostics(desk.view.state, problems.filter(here).map(diagnostic)));
      found(problems);
    } catch (error) {
      if (mine.signal.aborted) return last;
      if (!(error instanceof Refused)) throw error;
      found([unchecked(error.message)]);
    }
    return last;
  }

  /** @param {Problem} problem */
  const here = (problem) => problem.file === desk.given.file;
  /** @param {string} message @returns {Problem} */
  const unchecked = (message) => ({ file: "", line: 0, col: 0, severity: "warning", message, code: "not-checked" });

  /** @param {Problem} problem */
  function diagnostic(problem) {
    const { doc } = desk.view.state;
    const line = doc.line(Math.min(Math.max(problem.line, 1), doc.lines));
    const from = Math.min(line.from + problem.col - 1, line.to);
    const word = /^("[^"]*"|'[^']*'|[^\s,:[\]{}]+)/.exec(doc.sliceString(from, line.to))?.[0].length ?? 1;
    return {
      from,
      to: Math.min(from + word, line.to),
      severity: problem.severity,
      message: problem.message,
      source: problem.code,
    };
  }

  return {
    check,
    /** The problems of the text of now, at once if they are known. */
    latest: () => (checked?.eq(desk.view.state.doc) ? last : check()),
    /** To be called after each change of the text. */
    changed() {
      asked?.abort();
      clearTimeout(timer);
      timer = setTimeout(check, WAIT);
    },
  };
}

/**
 * The list below the editor. A click, or Enter, leads to the place.
 * @param {Problem[]} problems
 * @param {string} file
 * @param {(problem: Problem) => void} go
 */
export function problemList(problems, file, go) {
  if (!problems.length) return [h("p", { class: "quiet" }, "No problems. This playbook can be published.")];
  return [
    h(
      "ul",
      { class: "problems" },
      ...problems.map((problem) => {
        const here = problem.file === file;
        const place = problem.line && `${here ? "line " : `${problem.file}:`}${problem.line}`;
        const parts = [
          h("span", { class: `label ${problem.severity}` }, problem.severity),
          h("span", { class: "what" }, problem.message),
          h("span", { class: "where" }, place, problem.code && ` · ${problem.code}`),
        ];
        if (here) return h("li", {}, h("button", { type: "button", onclick: () => go(problem) }, ...parts));
        if (!problem.file) return h("li", {}, h("span", {}, ...parts));
        return h("li", {}, h("a", { href: pageOf(problem.file) }, ...parts));
      }),
    ),
  ];
}

/** "2 errors, 1 warning". @param {Problem[]} problems */
export function inBrief(problems) {
  const errors = problems.filter((one) => one.severity === "error").length;
  const warnings = problems.length - errors;
  return [errors && count(errors, "error"), warnings && count(warnings, "warning")].filter(Boolean).join(", ");
}

/**
 * Puts the cursor where a problem is.
 * @param {EditorView} view
 * @param {Problem} problem
 */
export function goTo(view, problem) {
  const line = view.state.doc.line(Math.min(Math.max(problem.line, 1), view.state.doc.lines));
  const at = Math.min(line.from + Math.max(problem.col - 1, 0), line.to);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}
