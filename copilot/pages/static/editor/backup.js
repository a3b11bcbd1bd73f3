/** What was typed and not saved, kept in this browser until it is saved. Without storage everything else still works. */

/** @typedef {{text: string, at: string, base: string | number | null}} Backup */

/**
 * @param {string} file
 * @param {Storage} [storage]
 */
export function backupOf(file, storage = globalThis.localStorage) {
  const key = `copilot-playbook:${file}`;
  /** @template T @param {() => T} act @returns {T | null} */
  const guarded = (act) => {
    try {
      return act();
    } catch {
      return null; // storage is full, or forbidden in this browser
    }
  };
  return {
    /** @returns {Backup | null} */
    read: () => guarded(() => JSON.parse(storage.getItem(key) ?? "null")),
    /** @param {string} text @param {Backup["base"]} base */
    write: (text, base) =>
      guarded(() => storage.setItem(key, JSON.stringify({ text, base, at: new Date().toISOString() }))),
    clear: () => guarded(() => storage.removeItem(key)),
  };
}
