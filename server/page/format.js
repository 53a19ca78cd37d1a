// Numbers, times and names as words; the same words as the command line's.

const UNITS = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];

/** `1 file`, `12,000 files`. */
export const count = (number, noun, plural = `${noun}s`) => `${Number(number).toLocaleString("en")} ${number === 1 ? noun : plural}`;

/** POSIX seconds (or an ISO date) as POSIX seconds; null when there is none. */
export function seconds(moment) {
  if (moment === null || moment === undefined) return null;
  return typeof moment === "number" ? moment : Date.parse(moment) / 1000;
}

/** `3 minutes ago`. */
export function age(moment) {
  const then = seconds(moment);
  if (then === null) return "never";
  const passed = Math.max(0, Math.floor(Date.now() / 1000 - then));
  for (const [size, unit] of UNITS) if (passed >= size) return `${count(Math.floor(passed / size), unit)} ago`;
  return "just now";
}

/** `1 m 20 s` between two moments. */
export function duration(from, to) {
  const passed = Math.max(0, (seconds(to) ?? Date.now() / 1000) - (seconds(from) ?? 0));
  if (passed < 10) return `${passed.toFixed(1)} s`;
  return passed < 60 ? `${Math.round(passed)} s` : `${Math.floor(passed / 60)} m ${Math.round(passed % 60)} s`;
}

export const commit = (id) => (id ? id.slice(0, 10) : "");

/** Folder (with its slash) and name of a path. */
export function split(path) {
  const at = path.lastIndexOf("/") + 1;
  return [path.slice(0, at), path.slice(at)];
}

export const lines = (start, end) => (start === end ? `${start}` : `${start}-${end}`);

/** `12-40` -> [12, 40]; null when it is nothing of the kind. */
export function range(text) {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text ?? "");
  if (!match) return null;
  const start = Number(match[1]);
  return [start, Math.max(start, Number(match[2] ?? start))];
}

/** Which state of a tree an answer is from, and how much of it: [words, whether they are a warning]. */
export function freshness(fresh) {
  if (!fresh) return ["", false];
  const parts = [fresh.commit ? `commit ${commit(fresh.commit)}${fresh.dirty ? " with uncommitted changes" : ""}` : "not under git"];
  parts.push(`${+(100 * fresh.coverage).toPrecision(3)} % indexed`, `checked ${age(fresh.checked_at)}`);
  const left = Object.values(fresh.left_out ?? {}).reduce((sum, number) => sum + number, 0);
  if (left) parts.push(`${left.toLocaleString("en")} left out`);
  if (fresh.stale?.length) parts.push(`${count(fresh.stale.length, "file")} changed since`);
  return [parts.join(" · "), fresh.coverage < 1 || Boolean(fresh.stale?.length)];
}
