/** What is under the pointer is not replaced between pressing and releasing it: the click would be lost. */

let pressed = false;
/** @type {(() => void)[]} */
const waiting = [];
addEventListener("pointerdown", () => (pressed = true), true);
for (const name of ["pointerup", "pointercancel", "blur"])
  addEventListener(
    name,
    () => {
      pressed = false;
      setTimeout(() => waiting.splice(0).forEach((act) => act()));
    },
    true,
  );

/** Acts now, or as soon as the pointer is up; of several that wait the last one acts. @param {() => void} act */
export function whenFree(act) {
  if (pressed) waiting.splice(0, waiting.length, act);
  else act();
}
