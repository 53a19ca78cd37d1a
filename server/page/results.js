// A ranked list of places: cards that can be walked through with the keyboard, each with its code and its reasons.

import { codeBlock } from "./code.js";
import { h } from "./dom.js";
import { why } from "./evidence.js";
import { lines, split } from "./format.js";
import { kindMark } from "./panel.js";
import { fileHref } from "./router.js";

/**
 * A place as a card.
 * @param {{repository: string, path: string, start?: number, end?: number, rank: number, symbol?: object, also?: object[],
 *   evidence?: object[], snippet?: string, language?: string, stale?: boolean, reason?: string, signature?: string}} found
 */
export function card(found, { marks = null, showRepository = false } = {}) {
  const { repository, path, start, end } = found;
  const link = (line, last) => fileHref(repository, path, line, last);
  const snippet = found.snippet ? withoutBlankEdges(found.snippet, start) : null;
  const item = h("li", { class: "card" },
    h("header", {}, h("span", { class: "rank", "aria-hidden": "true" }, found.rank), title(found, link(start, end), showRepository), found.stale ? h("span", { class: "badge warn" }, "changed since") : null),
    found.symbol ? h("p", { class: "symbol" }, kindMark(found.symbol.kind), h("span", { class: "name" }, found.symbol.qualified_name)) : null,
    found.signature ? h("p", { class: "signature" }, h("code", {}, oneLine(found.signature))) : null,
    snippet ? codeBlock({ ...snippet, language: found.language, marks, link }) : null,
    found.reason ? h("p", { class: "reason" }, found.reason) : null,
    why(found.evidence),
    also(found, link));
  item.place = { repository, path, start, end };
  item.symbol = found.symbol?.qualified_name ?? "";
  return item;
}

/** A signature that stands on several lines, as it would be written on one. */
const oneLine = (signature) => signature.replace(/([([{])\s+/g, "$1").replace(/,?\s+([)\]}])/g, "$1");

/** Code without empty lines above and below, which a place may begin and end with. */
function withoutBlankEdges(text, start) {
  const blank = /^(?:[^\S\n]*\n)*/.exec(text)[0];
  return { text: text.slice(blank.length).trimEnd(), start: start + blank.split("\n").length - 1 };
}

function title({ repository, path, start, end }, address, showRepository) {
  const [folder, name] = split(path);
  return h("a", { class: "path", href: address, title: `${repository}/${path}` },
    showRepository ? h("span", { class: "repo" }, repository, " ") : null,
    h("span", { class: "folder" }, folder), h("bdi", { class: "file" }, name), start ? h("span", { class: "at" }, `:${lines(start, end)}`) : null);
}

function also({ also: places }, link) {
  if (!places?.length) return null;
  return h("p", { class: "also" }, "also ", places.slice(0, 6).map((place) => [h("a", { class: "jump-to", href: link(place.start_line, place.end_line), "data-start": place.start_line, "data-end": place.end_line }, lines(place.start_line, place.end_line)), " "]));
}

/** A list of cards with one that is current; `choose` hears of it, `open` of the one that is to be opened by itself. */
export function resultList({ choose, open }) {
  const element = h("ol", { class: "cards" });
  const list = { element, current: -1 };
  list.fill = (items, at = 0) => {
    element.replaceChildren(...items);
    list.current = -1;
    if (items.length && at >= 0) list.move(at, { quiet: true });
  };
  list.move = (index, { quiet = false, place = null } = {}) => {
    const items = element.children;
    if (!items.length) return;
    const next = Math.max(0, Math.min(index, items.length - 1));
    items[list.current]?.classList.remove("current");
    list.current = next;
    const item = items[next];
    item.classList.add("current");
    if (!quiet) {
      item.querySelector("a.path").focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    }
    choose(place ?? item.place, next, quiet);
  };
  list.step = (by) => list.move(list.current + by);
  list.open = () => element.children[list.current] && open(element.children[list.current].place);
  list.toggleWhy = () => {
    const details = element.children[list.current]?.querySelector("details.why");
    if (details) details.open = !details.open;
  };
  element.addEventListener("click", (event) => pick(list, event));
  return list;
}

function pick(list, event) {
  const item = event.target.closest("li.card");
  if (!item || event.metaKey || event.ctrlKey || event.shiftKey || event.target.closest("summary, .bars")) return;
  const link = event.target.closest("a");
  if (String(getSelection())) return;
  event.preventDefault();
  const start = Number(link?.dataset.start ?? link?.dataset.line ?? 0);
  const place = start ? { ...item.place, start, end: Number(link.dataset.end ?? start) } : null;
  list.move([...list.element.children].indexOf(item), { place });
}
