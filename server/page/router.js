// What is shown stands in the address, after the `#`: it can be linked to, "back" works, and no server logs it.
//
//   #/search?q=retry&in=rich,httpx     #/file/rich/progress.py?lines=12-40     #/map/rich?focus=...

/** The address taken apart: {view, parts, query}. */
export function here() {
  const [path, search = ""] = splitOnce(location.hash.replace(/^#\/?/, ""), "?");
  const [view, ...parts] = path.split("/").map(decoded);
  return { view: view || "search", parts, query: new URLSearchParams(search) };
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a view; parameters without a value are left out. */
export function href(view, parts = [], query = {}) {
  const path = [view, ...parts].map(encodeURIComponent).join("/");
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = kept.map(([name, value]) => `${name}=${encode(String(value))}`).join("&");
  return `#/${path}${search ? `?${search}` : ""}`;
}

// Kept readable: an address is also read by people.
const encode = (value) => encodeURIComponent(value).replace(/%20/g, "+").replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/");

/** Address of lines of a file. */
export const fileHref = (repository, path, start, end, more = {}) =>
  href("file", [repository, ...path.split("/")], { lines: start ? (end && end !== start ? `${start}-${end}` : start) : "", ...more });

let last = "";
const hearers = [];

/** Be told of every change of the address that is not made by `replace`. */
export function onChange(hear) {
  hearers.push(hear);
}

/** Go to an address: a new entry of the history. */
export function go(address) {
  if (address === location.hash) notice(true);
  else location.hash = address;
}

/** Change the address of what is shown, without a new entry and without drawing anew. */
export function replace(address) {
  history.replaceState(history.state, "", address);
  last = location.hash;
}

function notice(always = false) {
  if (!always && location.hash === last) return;
  last = location.hash;
  for (const hear of hearers) hear(here());
}

export function start() {
  window.addEventListener("hashchange", () => notice());
  notice(true);
}
