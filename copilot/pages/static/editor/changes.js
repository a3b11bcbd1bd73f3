/** The smallest changes that turn one text into another, so that cursor, selection and undo survive a replacement. */

import { diff } from "./vendor/codemirror.js";

/**
 * @param {string} before
 * @param {string} after
 * @returns {{from: number, to: number, insert: string}[]} changes of `before`, from left to right
 */
export function changesBetween(before, after) {
  if (before === after) return [];
  return diff(before, after, { scanLimit: 2000, timeout: 50 }).map((part) => ({
    from: part.fromA,
    to: part.toA,
    insert: after.slice(part.fromB, part.toB),
  }));
}
