// What the pages do beyond HTML: times as the reader's clock shows them. Without it they are in UTC.

const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

/**
 * @param {Date} moment
 * @returns {string} "5 minutes ago" within a day, else the date
 */
function told(moment) {
  const minutes = Math.round((moment.getTime() - Date.now()) / 60_000);
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 24 * 60) return relative.format(Math.round(minutes / 60), "hour");
  return full.format(moment);
}

for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.getAttribute("datetime") ?? "");
  if (Number.isNaN(moment.getTime())) continue;
  time.setAttribute("title", full.format(moment));
  time.textContent = told(moment);
}
