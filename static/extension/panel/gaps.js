/** Gaps: what a text still needs, written [[like this]]. */

const GAP = /\[\[([^[\]\n]{1,120})\]\]/g;

/**
 * A text's parts in order, gaps apart.
 * @param {string} text
 * @returns {({text: string} | {gap: string})[]}
 */
export function parts(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(GAP)) {
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ gap: match[1].trim() });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/**
 * The text with what the agent filled in; gaps that are still empty stay visible.
 * @param {string} text
 * @param {ReadonlyMap<string, string>} fills by gap
 */
export const fillIn = (text, fills) => text.replace(GAP, (gap, name) => fills.get(name.trim())?.trim() || gap);

/**
 * How many different gaps are still empty.
 * @param {string} text
 * @param {ReadonlyMap<string, string>} fills
 */
export const openGaps = (text, fills) =>
  new Set(parts(fillIn(text, fills)).flatMap((part) => ("gap" in part ? [part.gap] : []))).size;
