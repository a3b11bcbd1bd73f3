/** The editor of a playbook: puts the parts together. The text in CodeMirror is the truth; everything else shows it. */

import { isolateHistory, redo, redoDepth, undo, undoDepth } from "./vendor/codemirror.js";
import { Refused, service } from "./api.js";
import { typedAhead } from "./ahead.js";
import { backupOf } from "./backup.js";
import { changesBetween } from "./changes.js";
import { codeView } from "./codeview.js";
import { completions, hovers } from "./completion.js";
import { ask, conflictDialog, keysDialog, moment, publishDialog } from "./dialogs.js";
import { h, pageOf } from "./dom.js";
import { formPane } from "./form.js";
import { SHEET, listen } from "./keys.js";
import { checker, inBrief, problemList } from "./problems.js";
import { mover } from "./moving.js";
import { whenFree } from "./pointer.js";
import { reportView } from "./report.js";
import { Schema } from "./schema.js";
import { shell } from "./shell.js";
import { readTree } from "./tree.js";

/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Edit} Edit */
/** @typedef {import("./types.js").Problem} Problem */
/** @typedef {import("./types.js").Path} Path */

/**
 * @param {HTMLElement} root
 * @param {Given} given
 */
async function start(root, given) {
  const server = service(given.csrf);
  const schema = new Schema(await server.get(given.schema_url));
  const backup = backupOf(given.file);
  let base = given.base;
  let saved = given.text;
  let published = given.published ?? null;
  let tree = readTree(given.text);
  let content = tree.value ?? {};
  /** @type {Problem[]} */
  let problems = [];

  const page = shell(root, given, {
    save,
    tryIt,
    publish,
    undo: back,
    redo: again,
    keys: () => void keysDialog(SHEET),
  });
  const view = codeView(page.code, {
    text: given.text,
    nonce: given.nonce,
    name: `${given.file} as YAML`,
    complete: completions(schema, given, () => content),
    hover: hovers(schema, () => content),
    changed: (update) => {
      if (update.docChanged) textChanged();
      if (update.selectionSet && view?.hasFocus) form.follow(update.state.selection.main.head);
    },
  });
  const { go, nextProblem, showInCode, followHash, nextPart } = mover({
    file: given.file,
    view,
    page,
    form: () => form,
    problems: () => problems,
  });
  const form = formPane(page.form, { schema, given, edit, show: showInCode, go });
  const check = checker({ given, view, announce: page.announce }, server, (found) => {
    const before = inBrief(problems);
    problems = found;
    const brief = inBrief(found);
    page.nameProblems(brief);
    page.problems.replaceChildren(...problemList(found, given.file, go));
    form.setProblems(found);
    if (brief !== before) page.announce(brief || "No problems");
  });

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reading;
  function textChanged() {
    check.changed();
    clearTimeout(reading);
    reading = setTimeout(read, 120);
    showStatus();
  }

  function read() {
    clearTimeout(reading);
    tree = readTree(textNow());
    if (tree.value) content = tree.value;
    whenFree(() => form.update(tree, view.state.doc));
    keep();
  }

  /** Keeps what is not saved in this browser. */
  function keep() {
    const text = textNow();
    if (text === saved) backup.clear();
    else backup.write(text, base);
  }

  const textNow = () => view.state.doc.toString();

  const drop = h("button", { type: "button", class: "link", onclick: () => void dropDraft() }, "Drop it");

  function showStatus() {
    page.buttons.undo.disabled = undoDepth(view.state) === 0;
    page.buttons.redo.disabled = redoDepth(view.state) === 0;
    if (textNow() !== saved) page.say("Not saved yet");
    else if (published === null) page.say("Draft, never published");
    else if (saved === published) page.say("Published");
    else page.say("Draft, not published yet", "", drop);
  }

  // ------------------------------------------------------------ form -> text

  /** Edits wait for each other, so that each is about the text that the one before left. @type {Promise<unknown>} */
  let queue = Promise.resolve();

  /**
   * @param {Edit[]} edits
   * @param {string} what for those who do not see it
   * @returns {Promise<boolean>} whether the text was changed
   */
  function edit(edits, what) {
    const done = queue.then(() => applied(edits, what));
    queue = done;
    return done;
  }

  /** @param {Edit[]} edits @param {string} what */
  async function applied(edits, what) {
    try {
      const before = textNow();
      const { text } = await server.post("/playbooks/form", { file: given.file, text: before, edits });
      if (textNow() !== before) {
        page.announce("The text changed meanwhile; please do that again.");
        return false;
      }
      replace(text, "input.form");
      page.announce(`Changed: ${what}`);
      return true;
    } catch (error) {
      refused(error);
      return false;
    }
  }

  /** @param {string} text @param {string} userEvent */
  function replace(text, userEvent) {
    const changes = changesBetween(textNow(), text);
    if (changes.length) view.dispatch({ changes, userEvent, annotations: isolateHistory.of("full") });
    read();
  }

  // ------------------------------------------------------------ save, try, publish

  /** What was typed into a field of the form and not left yet counts too. */
  async function settle() {
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    if (active?.matches("#form input, #form textarea")) active.dispatchEvent(new Event("change"));
    await queue;
    keep();
  }

  async function save() {
    await settle();
    const text = textNow();
    if (text === saved && base !== null) {
      page.announce("Nothing has changed since it was saved.");
      return true;
    }
    try {
      await store(text, base);
      page.announce("Draft saved");
      return true;
    } catch (error) {
      if (error instanceof Refused && error.status === 409) await differ(conflictOf(error.body), text);
      else refused(error);
      return false;
    }
  }

  /**
   * Keeps a text as the draft; one that is in force is none.
   * @param {string} text
   * @param {string | number | null} on the base that it was written on
   */
  async function store(text, on) {
    const done = await server.post("/playbooks/draft", { file: given.file, text, base: on });
    base = done.base;
    saved = text;
    if (done.draft === false) published = text;
    tellOthers(done.editors);
    keep();
    showStatus();
  }

  /**
   * Somebody else saved first: her text or theirs, or both; nothing is lost.
   * @param {import("./types.js").Conflict} conflict
   * @param {string} mine
   */
  async function differ(conflict, mine) {
    page.announce(`${conflict.by} saved this playbook while you were editing`);
    const copy = freeName();
    const { choice, text } = await conflictDialog(conflict, mine, given.nonce, copy);
    try {
      if (choice === "copy") {
        await server.post("/playbooks/draft", { file: copy, text: mine, base: null });
        given.others[copy] = mine;
        if (!(await take(conflict))) return;
        page.tell([
          h("p", {}, "Your text is kept as ", h("a", { href: pageOf(copy) }, copy), ". Here is the other’s."),
          dismiss(),
        ]);
      } else if (choice === "theirs") {
        if (await take(conflict)) page.announce("Taken. Undo brings your text back.");
      } else if (choice === "merged") {
        replace(text, "input.merge");
        await store(text, conflict.base);
        page.announce("Draft saved");
      } else if (conflict.kept) base = conflict.kept; // not looked at: the next save asks again
    } catch (error) {
      if (error instanceof Refused && error.status === 409) await differ(conflictOf(error.body), textNow());
      else refused(error);
    }
  }

  /**
   * The other's text becomes hers, in the service too: else her draft would come back with the next visit.
   * @param {import("./types.js").Conflict} conflict
   * @returns {Promise<boolean>} false when the playbook is gone, and this page with it
   */
  async function take(conflict) {
    if (conflict.gone) {
      await server.post("/playbooks/discard", { file: given.file });
      leave();
      return false;
    }
    await store(conflict.text, conflict.base);
    replace(conflict.text, "input.theirs");
    showStatus();
    return true;
  }

  /** To the list; nothing here is worth keeping. */
  function leave() {
    saved = textNow();
    keep();
    location.assign("/playbooks");
  }

  function freeName() {
    const stem = given.file.replace(/\.ya?ml$/, "");
    for (let n = 1; ; n++) {
      const name = `${stem}-copy${n > 1 ? `-${n}` : ""}.yaml`;
      if (!(name in given.others)) return name;
    }
  }

  async function dropDraft() {
    const sure = await ask(
      "Drop your draft?",
      [h("p", {}, "The text becomes again what is published. Undo brings it back until you leave this page.")],
      [
        { value: "", name: "Keep it" },
        { value: "drop", name: "Drop it", primary: true },
      ],
    );
    if (!sure) return;
    try {
      const { base: now, text } = await server.post("/playbooks/discard", { file: given.file });
      if (typeof text !== "string") return leave();
      published = saved = text;
      base = now;
      replace(text, "input.drop");
      showStatus();
    } catch (error) {
      refused(error);
    }
  }

  let told = "";
  /** Says early who else is at it, not only when both save. @param {import("./types.js").Editor[]} [editors] */
  function tellOthers(editors = []) {
    const names = editors.map(({ name, at }) => `${name} (${moment(at)})`).join(", ");
    if (names === told) return;
    told = names;
    if (!names) return page.tell([]);
    page.tell([h("p", {}, `Also working on this playbook, with a draft of their own: ${names}.`), dismiss()]);
    page.announce(`Also working on this playbook: ${names}`);
  }

  const report = reportView(page.report, {
    file: given.file,
    /** @param {number} line */
    go: (line) => go({ file: given.file, line, col: 1, severity: "warning", message: "", code: "" }),
  });

  async function tryIt() {
    await settle();
    page.showReport();
    const attempt = page.buttons.attempt;
    if (attempt.disabled) return;
    attempt.disabled = true;
    const stop = new AbortController();
    report.wait(() => stop.abort());
    page.announce("Trying it against resolved tickets");
    try {
      const found = await server.post("/playbooks/try", { file: given.file, text: textNow() }, stop.signal);
      report.show(found);
      page.announce(`Tried. ${report.brief()}`);
    } catch (error) {
      if (stop.signal.aborted) report.clear();
      else if (error instanceof Refused && error.status === 422) {
        report.refuse("The draft has errors; put them right first.");
        page.announce("The draft has errors");
      } else {
        report.refuse(error instanceof Refused ? error.message : String(error));
        refused(error);
      }
    } finally {
      attempt.disabled = false;
    }
  }

  let asking = false;
  /** The message for the history, once the text of now was checked; "" when she does not publish. */
  async function askForMessage() {
    if (asking) return "";
    asking = true;
    const ended = typedAhead();
    let typed = "";
    try {
      await settle();
      const latest = check.latest();
      problems = Array.isArray(latest) ? latest : await latest;
    } finally {
      typed = ended();
      asking = false;
    }
    return publishDialog(problems, given.file, go, { changed: textNow() !== published, typed });
  }

  async function publish() {
    const message = await askForMessage();
    if (!message || !(await save())) return;
    try {
      const { version } = await server.post("/playbooks/publish", { file: given.file, message, base });
      published = saved;
      showStatus();
      page.say(`Published as version ${version}`, "good", h("a", { href: "/playbooks/history" }, "History"));
      page.announce(`Published as version ${version}`);
    } catch (error) {
      const elsewhere = error instanceof Refused && error.status === 409 && error.body.file;
      if (elsewhere && elsewhere !== given.file) {
        page.say(
          `${elsewhere} was changed by somebody else meanwhile.`,
          "bad",
          h("a", { href: pageOf(elsewhere) }, "Look"),
        );
        page.announce(`Not published: ${elsewhere} was changed meanwhile`);
      } else if (error instanceof Refused && error.status === 409) await differ(conflictOf(error.body), textNow());
      else if (error instanceof Refused && error.status === 422 && error.body.problems) {
        page.say("Not published: there are errors", "bad");
        page.problems.replaceChildren(...problemList(error.body.problems, given.file, go));
        page.showProblems();
      } else refused(error);
    }
  }

  /** @param {unknown} error */
  function refused(error) {
    if (!(error instanceof Refused)) throw error;
    const link = error.status === 401 && h("a", { href: "/sign-in", target: "_blank" }, "Sign in");
    page.say(error.message, "bad", link);
    page.announce(error.message);
  }

  function back() {
    undo(view);
  }
  function again() {
    redo(view);
  }

  const dismiss = () => h("button", { type: "button", class: "link", onclick: () => page.tell([]) }, "Good");

  // ------------------------------------------------------------ beginning

  listen({
    "ctrl+s": () => void save(),
    "ctrl+enter": () => void tryIt(),
    "ctrl+alt+p": () => void publish(),
    f8: () => nextProblem(1),
    "shift+f8": () => nextProblem(-1),
    f6: () => nextPart(1),
    "shift+f6": () => nextPart(-1),
    f1: () => void keysDialog(SHEET),
    "ctrl+z": back,
    "ctrl+shift+z": again,
    "ctrl+y": again,
  });
  addEventListener("beforeunload", (event) => {
    if (textNow() !== saved) event.preventDefault();
  });
  addEventListener("pagehide", keep);
  page.whenShown(() => form.render());

  tellOthers(given.editors);
  const kept = backup.read();
  if (kept && kept.text !== given.text) {
    page.tell([
      h("p", {}, `This browser holds changes from ${moment(kept.at)} that were not saved.`),
      h(
        "button",
        { type: "button", class: "button", onclick: () => (replace(kept.text, "input.restore"), page.tell([])) },
        "Bring them back",
      ),
      h("button", { type: "button", class: "link", onclick: () => (backup.clear(), page.tell([])) }, "Throw them away"),
    ]);
  }
  form.update(tree, view.state.doc);
  showStatus();
  followHash();
  addEventListener("hashchange", followHash);
  report.clear();
  await check.check();
}

/** @param {any} body @returns {import("./types.js").Conflict} */
function conflictOf(body) {
  const said = typeof body.error === "object" && body.error ? body.error : {};
  const { by = said.by ?? "", at = said.at ?? "", text = said.text ?? "", base = said.base ?? null } = body;
  return { by, at, text: text ?? "", base, gone: text === null, kept: body.kept || null };
}

const block = document.getElementById("playbook");
const root = document.getElementById("editor");
if (block && root) {
  start(root, JSON.parse(block.textContent ?? "{}")).catch((error) => {
    root.replaceChildren(h("p", { class: "broken", role: "alert" }, `The editor could not start. ${error.message}`));
    throw error;
  });
}
