/** The YAML side: CodeMirror with the panel's colours. */

import {
  Decoration,
  EditorState,
  EditorView,
  HighlightStyle,
  StateEffect,
  StateField,
  acceptCompletion,
  autocompletion,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  defaultKeymap,
  drawSelection,
  foldGutter,
  foldKeymap,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSelectionMatches,
  highlightSpecialChars,
  history,
  historyKeymap,
  indentOnInput,
  indentService,
  indentUnit,
  keymap,
  lineNumbers,
  lintGutter,
  placeholder,
  search,
  searchKeymap,
  syntaxHighlighting,
  tags,
  yaml,
} from "./vendor/codemirror.js";

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--surface)", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "10px 0 40vh", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-3)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)" },
  ".cm-current-rule": { boxShadow: "inset 3px 0 var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--focus) 26%, transparent)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--gap)" },
  ".cm-searchMatch": { backgroundColor: "var(--gap)", outline: "1px solid var(--gap-line)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
  ".cm-foldPlaceholder": { background: "var(--sunken)", border: "none", color: "var(--ink-2)" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-s)",
    color: "var(--ink)",
    boxShadow: "0 4px 16px rgb(0 0 0 / 14%)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-completionDetail": { fontFamily: "var(--font)", fontStyle: "normal", opacity: "0.85" },
  ".cm-completionIcon": { display: "none" },
  ".cm-completionInfo": { fontFamily: "var(--font)", padding: "8px 10px", maxWidth: "280px" },
  ".cm-diagnostic": { fontFamily: "var(--font)", padding: "6px 10px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--stop)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-textfield, .cm-button": {
    backgroundColor: "var(--surface)",
    backgroundImage: "none",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-s)",
    color: "var(--ink)",
  },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string), tags.content], color: "var(--ink)" },
  { tag: [tags.lineComment, tags.comment], color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--ink-3)" },
  { tag: [tags.keyword, tags.typeName, tags.labelName, tags.meta], color: "var(--gift)" },
]);

/** Marks the lines from one place to another as those of the rule that is open in the form. */
export const markRule =
  /** @type {import("./vendor/codemirror.js").StateEffectType<{from: number, to: number} | null>} */ (
    StateEffect.define()
  );
const ruleLine = Decoration.line({ class: "cm-current-rule" });
const ruleMark = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markRule)) continue;
      const lines = [];
      if (effect.value) {
        const { doc } = transaction.state;
        const last = doc.lineAt(Math.min(effect.value.to, doc.length)).number;
        for (let n = doc.lineAt(Math.min(effect.value.from, doc.length)).number; n <= last; n++)
          lines.push(ruleLine.range(doc.line(n).from));
      }
      next = Decoration.set(lines);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * How far a new line is indented: as what the line above is about, one step further after a colon.
 * @param {import("./vendor/codemirror.js").IndentContext} context
 * @param {number} at
 */
function newLine(context, at) {
  const { text, from } = context.lineAt(at, -1);
  const above = at > from ? text.slice(0, at - from) : "";
  if (!above.trim()) return undefined;
  const start = /^\s*(?:- +)*/.exec(above)?.[0].length ?? 0;
  return start + (/(:|[|>][+-]?)\s*(#.*)?$/.test(above) ? context.unit : 0);
}

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {string} options.text
 * @param {string} options.nonce
 * @param {string} options.name what the text box is called for those who do not see it
 * @param {(context: any) => any} options.complete
 * @param {import("./vendor/codemirror.js").Extension} options.hover
 * @param {(update: import("./vendor/codemirror.js").ViewUpdate) => void} options.changed
 */
export function codeView(parent, { text, nonce, name, complete, hover, changed }) {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        lineNumbers(),
        lintGutter(),
        foldGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentService.of(newLine),
        indentUnit.of("  "),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        highlightSpecialChars(),
        search(),
        yaml(),
        autocompletion({ override: [complete], icons: false }),
        hover,
        ruleMark,
        placeholder("name: What this playbook is about\nrules:"),
        EditorView.lineWrapping,
        // Tab leaves the editor, so that nobody is caught in it; it only takes a completion that is open.
        keymap.of([
          { key: "Tab", run: acceptCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({
          tabindex: "0",
          "aria-label": name,
          "aria-describedby": "yaml-help",
          spellcheck: "false",
        }),
        EditorView.updateListener.of(changed),
        look,
        syntaxHighlighting(colours),
      ],
    }),
  });
}
