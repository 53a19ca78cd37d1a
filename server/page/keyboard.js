// Keys of the page. They act only where nobody is typing, and never with Ctrl, Alt or Meta.

import { askRepository } from "./api.js";
import { fill, h, modal } from "./dom.js";
import { split } from "./format.js";
import { fileHref, go, here } from "./router.js";
import { askable } from "./session.js";

const HELP = [
  ["Anywhere", [["/", "to the search box"], ["t", "find a file by its name"], ["g s", "search"], ["g i", "issue"], ["g m", "map"], ["g r", "repositories"], ["?", "these keys"], ["Esc", "close, or leave the box"]]],
  ["In results", [["j  ↓", "next place"], ["k  ↑", "previous place"], ["Enter  o", "open by itself"], ["e", "all reasons for the place"], ["d", "where its symbol is defined and used"]]],
  ["In the map", [["+  -", "enlarge, reduce"], ["arrows", "move"], ["0", "all of it"]]],
];
const GO = { s: "#/search", i: "#/localize", m: "#/map", r: "#/repositories", k: "#/keys" };
const AWHILE = 1200; // milliseconds in which the second key of `g s` is expected

let ahead = null; // what was typed after `/` before there was a box: it is no shortcut, and must not be lost

/** Listen; `shown` gives the view that is on the page now, nothing while the first one is loading. */
export function listen(shown) {
  let went = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) return typing(event, shown());
    if (!shown() && keep(event)) return event.preventDefault();
    const isSecond = event.timeStamp - went < AWHILE;
    went = event.key === "g" ? event.timeStamp : -Infinity;
    const act = isSecond && GO[event.key] ? () => go(GO[event.key]) : actOf(event, shown());
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Keep a key for the box that is to come; tells whether it was one for it. */
function keep({ key }) {
  if (ahead === null) {
    if (key === "/") ahead = "";
    return key === "/";
  }
  if (key.length === 1) ahead += key;
  else if (key === "Backspace") ahead = ahead.slice(0, -1);
  else if (key === "Enter") ahead += "\n";
  else return false;
  return true;
}

/** Type into the view what was typed ahead of it. */
export function typeAhead(view) {
  if (ahead === null) return;
  if (!view.focus) return go("#/search"); // which comes back here
  const text = ahead;
  forgetAhead();
  view.focus();
  const box = document.activeElement;
  if (!text || !isTyping(box)) return;
  box.value = text; // a box of one line drops the line breaks
  box.dispatchEvent(new Event("input", { bubbles: true }));
  if (box.type === "search" && text.endsWith("\n")) box.form?.requestSubmit();
}

/** Drop what was typed ahead: what follows is meant for something else. */
export const forgetAhead = () => (ahead = null);

const isTyping = (target) => target.matches?.("textarea, select, input:not([type=checkbox]):not([type=radio])") || target.isContentEditable;

function typing(event, view) {
  if (event.key === "Escape") event.target.blur();
  else if (event.key === "ArrowDown" && event.target.type === "search" && view?.list?.element.children.length) {
    event.preventDefault();
    view.list.move(Math.max(view.list.current, 0));
  }
}

function actOf(event, view) {
  const { key, target } = event;
  const isControl = target.closest?.("button, summary, [role=tab], .frame, input");
  const common = { "/": () => toSearch(view), "?": showKeys, t: findFile, Escape: () => escape(view) };
  if (common[key]) return common[key];
  const { list } = view ?? {};
  if (!list) return null;
  const isInFile = target.closest?.(".panel");
  const inList = { j: () => list.step(1), k: () => list.step(-1), o: list.open, e: list.toggleWhy, d: () => view.symbol?.() };
  if (inList[key]) return inList[key];
  if (isControl || isInFile) return null;
  return { ArrowDown: () => list.step(1), ArrowUp: () => list.step(-1), Enter: target.closest?.("a") && !target.closest("a.path") ? null : list.open }[key] ?? null;
}

function toSearch(view) {
  if (view?.focus) view.focus();
  else go("#/search");
}

function escape(view) {
  const open = document.querySelector("details.picker[open], details.filters[open]");
  if (open) open.open = false;
  else view?.close?.();
}

/** The keys, in a dialog. */
export function showKeys() {
  modal("Keys", h("div", { class: "shortcuts" }, HELP.map(([title, keys]) => h("section", {}, h("h3", {}, title), h("dl", {}, keys.map(([names, words]) => h("div", {}, h("dt", {}, names.split("  ").map((one) => [h("kbd", {}, one), " "])), h("dd", {}, words))))))), { wide: true });
}

/** Find a file by its name, in the repositories that the address names, or in all. */
function findFile() {
  const { view, parts, query } = here();
  const chosen = view === "file" || view === "map" ? parts.slice(0, 1) : (query.get("in") ?? "").split(",").filter(Boolean);
  const names = chosen.length ? chosen : askable().map((repository) => repository.name);
  const input = h("input", { type: "search", autofocus: true, placeholder: "Part of a file's name", "aria-label": "Name of a file", spellcheck: "false", autocomplete: "off", role: "combobox", "aria-expanded": "true", "aria-controls": "file-list", "aria-autocomplete": "list" });
  const list = h("ul", { class: "file-list", id: "file-list", role: "listbox", "aria-label": "Files" });
  const { dialog } = modal("Find a file", h("div", { class: "form" }, input, list), { wide: true });
  let controller = null;
  let at = 0;
  const point = (to) => {
    at = Math.max(0, Math.min(to, list.children.length - 1));
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
  };
  const open = (item) => {
    dialog.close();
    go(item.dataset.href);
  };
  input.addEventListener("input", async () => {
    controller?.abort();
    const { signal } = (controller = new AbortController());
    const text = input.value.trim();
    const found = text ? await Promise.all(names.slice(0, 20).map((name) => askRepository(name, "find", { pattern: text, limit: 20 }, signal).then((answer) => answer.paths.map((path) => [name, path]), () => []))) : [];
    if (signal.aborted) return;
    fill(list, found.flat().slice(0, 60).map(([name, path], index) => h("li", { id: `file-${index}`, role: "option", "data-href": fileHref(name, path), onclick: (event) => open(event.currentTarget) }, h("strong", {}, h("bdi", {}, split(path)[1])), h("span", { class: "dim" }, names.length > 1 ? `${name}/` : "", split(path)[0]))));
    point(0);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) point(at + step);
    else if (event.key === "Enter" && list.children[at]) open(list.children[at]);
    else return;
    event.preventDefault();
  });
}
