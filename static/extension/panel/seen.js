/** Which cards were really seen: half of one in view, or as much of a long one as fits, while the panel is in front. */

const DWELL_MS = 400;
const ENOUGH_PX = 160;

/**
 * @param {(ids: string[]) => void} onSeen called once a card
 * @param {AbortSignal} signal
 */
export function watchSeen(onSeen, signal) {
  /** @type {Map<Element, number>} */
  const dwelling = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio, intersectionRect } of entries) {
        clearTimeout(dwelling.get(target));
        dwelling.delete(target);
        if (!isIntersecting || (intersectionRatio < 0.5 && intersectionRect.height < ENOUGH_PX)) continue;
        dwelling.set(
          target,
          window.setTimeout(() => seen(target), DWELL_MS),
        ); // scrolled past is not seen
      }
    },
    { threshold: [0.1, 0.25, 0.5, 0.75] },
  );

  /** @param {Element} card */
  function seen(card) {
    dwelling.delete(card);
    if (!card.isConnected || document.visibilityState !== "visible") return;
    observer.unobserve(card);
    onSeen(JSON.parse(card.getAttribute("data-ids") ?? "[]"));
  }

  document.addEventListener(
    "visibilitychange",
    () => {
      // Observing anew reports at once what is in view.
      if (document.visibilityState === "visible")
        for (const card of document.querySelectorAll("[data-ids]")) reobserve(card);
    },
    { signal },
  );
  signal.addEventListener("abort", () => observer.disconnect());

  /** @param {Element} card */
  function reobserve(card) {
    observer.unobserve(card);
    observer.observe(card);
  }

  return {
    /** Watches a new painting's cards instead of the old one's. @param {Element} root */
    watch(root) {
      observer.disconnect();
      for (const timer of dwelling.values()) clearTimeout(timer);
      dwelling.clear();
      for (const card of root.querySelectorAll("[data-ids]")) observer.observe(card);
    },
  };
}
