// A file with what surrounds it: code, outline, where a name is defined and used, related files.

import { askRepository } from "./api.js";
import { codeBlock, codeLine, onName } from "./code.js";
import { copyButton, fill, h, icon, say } from "./dom.js";
import { count, freshness, lines, split } from "./format.js";
import { fileHref } from "./router.js";

const WHOLE = 1500; // lines: a file that is no longer is shown as a whole
const BEFORE = 200; // lines of a longer file that are shown above and below what is asked for, and loaded at a time
const USES = 200;
const WIDE = 820; // pixels from which the code and what is beside it are both shown; views.css has it, too

const TABS = [["code", "Code"], ["outline", "Outline"], ["symbol", "Symbol"], ["related", "Related"]];

/**
 * Make a panel. `show` fills it with a place; nothing is fetched before.
 * @param {{onPlace?: (place: object) => void, full?: boolean}} given - told of places that are gone to within the panel
 */
export function filePanel({ onPlace = () => {}, full = false } = {}) {
  const element = h("section", { class: ["panel", full && "full"], "aria-label": "File" });
  const panel = { element, place: null, tab: "code", name: "", asked: null };
  panel.show = (place, options = {}) => showPlace(panel, place, options);
  panel.go = (place) => onPlace(place);
  panel.symbol = (name) => showSymbol(panel, name);
  panel.clear = () => { panel.asked?.abort(); panel.place = null; element.replaceChildren(); };
  return panel;
}

/** Show lines of a file; `place` is {repository, path, start, end, name?}. */
async function showPlace(panel, place, { marks = null, tab = null, focus = false } = {}) {
  panel.asked?.abort();
  const { signal } = (panel.asked = new AbortController());
  const isSame = panel.place?.repository === place.repository && panel.place?.path === place.path;
  Object.assign(panel, { place, marks, name: place.name ?? "", tab: tab ?? (panel.element.clientWidth >= WIDE ? panel.tab : "code") });
  if (isSame && panel.seen && panel.drawnMarks === marks && covers(panel.seen, place)) return point(panel);
  if (!isSame) fill(panel.element, head(panel), h("p", { class: "loading" }, "Reading…"));
  try {
    const seen = await read(place, signal);
    draw(panel, seen);
    if (focus) focusQuietly(panel.scroller);
  } catch (problem) {
    if (problem.name !== "AbortError") fill(panel.element, head(panel), h("div", { class: "state error" }, icon("alert"), h("p", {}, problem.message)));
  }
}

/** Keys scroll the code at once; a ring around it is for who comes to it by Tab. */
function focusQuietly(scroller) {
  scroller.dataset.quiet = "";
  scroller.addEventListener("blur", () => delete scroller.dataset.quiet, { once: true });
  scroller.focus({ preventScroll: true });
}

const covers = (seen, { start, end }) => !start || (start >= seen.start_line && (end ?? start) <= seen.end_line);

/** Point at other lines of the file that is shown. */
function point(panel) {
  const { place } = panel;
  panel.element.querySelector(".panel-head").replaceWith(head(panel));
  for (const row of panel.scroller.querySelectorAll(".line")) {
    const line = Number(row.dataset.line);
    row.classList.toggle("hot", line >= place.start && line <= (place.end ?? place.start));
  }
  if (!place.picked) scrollTo(panel, place.start);
  if (panel.name && panel.element.dataset.side !== "symbol") showTab(panel, "symbol", panel.tab === "code");
}

/** The lines to show: all up to some way beyond the place, from the start of the file or of a definition some way above. */
async function read({ repository, path, start, end }, signal) {
  const from = await firstLine(repository, path, start ?? 1, signal);
  const first = await askRepository(repository, "view", { path, start: from, end: Math.max(end ?? 1, from + WHOLE) }, signal);
  return { ...first.view, freshness: first.freshness };
}

/** A line that is not within a string or a comment, so that the colours are right. */
async function firstLine(repository, path, start, signal) {
  if (start <= WHOLE / 2) return 1;
  const { symbols } = await askRepository(repository, "outline", { path }, signal);
  const borders = symbols.map((symbol) => symbol.start_line).filter((line) => line < start);
  return borders.findLast((line) => line <= start - BEFORE) ?? borders[0] ?? Math.max(1, start - BEFORE);
}

function head(panel) {
  const { repository, path, start, end } = panel.place;
  const [folder, name] = split(path);
  return h("header", { class: "panel-head" },
    h(panel.element.classList.contains("full") ? "h1" : "h2", { class: "path", title: `${repository}/${path}` }, h("span", { class: "repo" }, repository), h("span", { class: "folder" }, `/${folder}`), h("bdi", {}, name)),
    h("div", { class: "row tight" },
      copyButton(() => `${path}:${lines(start ?? 1, end ?? start ?? 1)}`, "Copy path and lines"),
      panel.element.classList.contains("full") ? null : h("a", { class: "ghost icon", href: fileHref(repository, path, start, end), "aria-label": "Open this file by itself", title: "Open by itself (Enter)" }, icon("open")),
      h("button", { type: "button", class: "ghost icon close", "aria-label": "Close the file", title: "Close (Esc)", onclick: () => panel.onClose?.() }, icon("close"))));
}

function draw(panel, seen) {
  const { place } = panel;
  Object.assign(panel, { seen, drawnMarks: panel.marks });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": `Code of ${place.path}` });
  panel.scroller = scroller;
  fill(scroller, ...pieces(panel, seen));
  const side = h("aside", { class: "side", "aria-label": "About this file" });
  panel.side = side;
  fill(panel.element, head(panel), h("div", { class: "panel-body" }, tabs(panel), scroller, side), foot(seen));
  onName(scroller, (name) => showSymbol(panel, name));
  scroller.addEventListener("click", (event) => pickLine(panel, event));
  scrollTo(panel, place.start);
  showTab(panel, panel.tab === "code" ? (panel.name ? "symbol" : "outline") : panel.tab, panel.tab === "code");
  say(`${place.path}, ${seen.start_line} to ${seen.end_line} of ${count(seen.total_lines, "line")}`);
}

function pieces(panel, seen) {
  const { place, marks } = panel;
  const link = (line) => fileHref(place.repository, place.path, line);
  const hot = place.start ? [place.start, place.end ?? place.start] : null;
  const block = (part) => codeBlock({ text: part.text, start: part.start_line, language: part.language, marks, hot, link });
  if (!seen.total_lines) return [h("p", { class: "state" }, "This file is empty.")];
  return [more(panel, seen.start_line, -1, block), block(seen), more(panel, seen.end_line, 1, block, seen.total_lines)];
}

/** A button that loads the lines above (-1) or below (1) what is shown. */
function more(panel, edge, way, block, total = 0) {
  const left = way < 0 ? edge - 1 : total - edge;
  if (left <= 0) return null;
  const { repository, path } = panel.place;
  const button = h("button", { type: "button", class: "plain more" }, `${count(Math.min(left, 2 * BEFORE), "more line")} ${way < 0 ? "above" : "below"}`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const [start, end] = way < 0 ? [Math.max(1, edge - 2 * BEFORE), edge - 1] : [edge + 1, edge + 2 * BEFORE];
    const found = (await askRepository(repository, "view", { path, start, end })).view;
    const height = panel.scroller.scrollHeight;
    const next = way < 0 ? [more(panel, start, -1, block), block(found)] : [block(found), more(panel, found.end_line, 1, block, total)];
    button.replaceWith(...next.filter(Boolean));
    if (way < 0) panel.scroller.scrollTop += panel.scroller.scrollHeight - height;
  });
  return button;
}

function foot(seen) {
  const [words, isWarning] = freshness(seen.freshness);
  const stale = seen.stale ? "changed since it was indexed · " : "";
  return h("footer", { class: ["panel-foot", (isWarning || seen.stale) && "warn"] }, h("span", {}, stale, words), h("span", {}, `${seen.language || "text"} · ${count(seen.total_lines, "line")}`));
}

function tabs(panel) {
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "What to show" });
  for (const [id, label] of TABS) {
    list.append(h("button", { type: "button", role: "tab", class: "tab", "data-tab": id, "aria-selected": "false", onclick: () => showTab(panel, id) }, label));
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...list.children].filter((tab) => tab.offsetParent);
    all.at((all.indexOf(document.activeElement) + step) % all.length)?.focus();
    document.activeElement.click();
  });
  return list;
}

/** Show what is beside the code; where there is room for one only, `codeFirst` keeps the code in front. */
function showTab(panel, id, codeFirst = false) {
  panel.tab = codeFirst ? "code" : id;
  const { element } = panel;
  element.dataset.front = codeFirst || id === "code" ? "code" : "side";
  if (id !== "code") {
    element.dataset.side = id;
    ({ outline: drawOutline, symbol: drawSymbol, related: drawRelated })[id](panel, panel.asked.signal);
  }
  for (const tab of element.querySelectorAll("[role=tab]")) {
    const isCode = tab.dataset.tab === "code";
    tab.setAttribute("aria-selected", String(isCode ? element.dataset.front === "code" : tab.dataset.tab === element.dataset.side && (element.dataset.front === "side" || element.clientWidth >= WIDE)));
  }
}

async function inSide(panel, ask, make) {
  const { side } = panel;
  const mark = (panel.sideMark = {});
  fill(side, h("p", { class: "loading" }, "Reading…"));
  try {
    const answer = await ask();
    if (panel.sideMark === mark) fill(side, make(answer));
  } catch (problem) {
    if (problem.name !== "AbortError" && panel.sideMark === mark) fill(side, h("p", { class: "state error" }, problem.message));
  }
}

function drawOutline(panel, signal) {
  const { repository, path } = panel.place;
  return inSide(panel, () => askRepository(repository, "outline", { path, summaries: true }, signal), ({ symbols, summary }) => {
    const about = summary ? h("p", { class: "about" }, summary) : null;
    if (!symbols.length) return [about, h("p", { class: "state" }, "No definitions in this file.")];
    const here = symbols.findLast(({ start_line: start, end_line: end }) => start <= panel.place.start && panel.place.start <= end);
    return [about, h("ol", { class: "outline" }, symbols.map((symbol) => outlined(panel, symbol, symbol === here)))];
  }).then(() => bringIntoView(panel.side.querySelector(".here"), panel.side));
}

/** A definition, with what it is where somebody said so; `isHere`: it is the innermost around the place that is shown. */
function outlined(panel, symbol, isHere) {
  const depth = symbol.parent ? symbol.parent.split(".").length : 0;
  const place = { path: panel.place.path, start: symbol.start_line, end: symbol.end_line };
  return h("li", { class: [`depth-${Math.min(depth, 4)}`, isHere && "here"] },
    placeLink(panel, place, kindMark(symbol.kind), h("span", { class: "name" }, symbol.name), h("span", { class: "at" }, symbol.start_line), symbol.summary ? h("span", { class: "said", title: symbol.summary }, symbol.summary) : null));
}

/** Scroll a box, and nothing around it, until a row of it is seen. */
function bringIntoView(row, box) {
  if (!row) return;
  const top = row.offsetTop - box.offsetTop;
  if (top < box.scrollTop || top + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
}

/** A link to a place that opens in this panel, and as a file of its own in a new tab. */
function placeLink(panel, { path, start, end }, ...children) {
  const { repository } = panel.place;
  const link = h("a", { class: "jump", href: fileHref(repository, path, start, end) }, children);
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    panel.go({ repository, path, start, end });
  });
  return link;
}

const VALUES = new Set(["constant", "variable", "field", "property", "key"]); // small letters: a field is no Function

export const kindMark = (kind) => h("span", { class: `kind k-${/^[a-z_]+$/.test(kind) ? kind : "other"}`, title: kind }, VALUES.has(kind) ? kind[0] : kind.slice(0, 1).toUpperCase(), h("span", { class: "unseen" }, ` ${kind} `));

function showSymbol(panel, name) {
  panel.name = name;
  showTab(panel, "symbol");
}

function drawSymbol(panel, signal) {
  const { repository } = panel.place;
  const { name } = panel;
  if (!name) return fill(panel.side, h("p", { class: "state" }, "Click a name in the code to see where it is defined and used."));
  const ask = (method, limit) => askRepository(repository, method, { name, limit }, signal);
  return inSide(panel, () => Promise.all([ask("definitions", 50), ask("references", USES)]), ([defined, used]) => [
    h("h3", { class: "symbol-name" }, name),
    h("h4", {}, "Defined"),
    defined.definitions.length ? h("ul", { class: "places" }, defined.definitions.map((symbol) => h("li", {}, placeLink(panel, { path: symbol.path, start: symbol.start_line, end: symbol.end_line }, kindMark(symbol.kind), h("span", { class: "name" }, symbol.qualified_name), where(symbol.path, symbol.start_line))))) : h("p", { class: "state" }, "Not defined in this repository."),
    h("h4", {}, "Used", used.references.length ? h("span", { class: "badge" }, `${used.references.length}${used.truncated ? "+" : ""}`) : null),
    used.references.length ? uses(panel, used.references) : h("p", { class: "state" }, "No uses that the syntax shows."),
  ]);
}

const where = (path, line) => h("span", { class: "where", title: `${path}:${line}` }, h("bdi", {}, path), `:${line}`);

function uses(panel, references) {
  const files = Map.groupBy ? Map.groupBy(references, (use) => use.path) : grouped(references);
  return h("div", { class: "uses" }, [...files].map(([path, found]) => h("section", {},
    h("h5", { title: path }, h("bdi", {}, path)),
    h("ul", {}, found.map((use) => h("li", {}, placeLink(panel, { path, start: use.start_line, end: use.end_line }, h("span", { class: "at" }, use.start_line), codeLine(use.line_text, panel.seen?.language ?? "")), use.kind === "call" ? null : h("span", { class: "use-kind" }, use.kind)))))));
}

function grouped(references) {
  const files = new Map();
  for (const use of references) files.set(use.path, [...(files.get(use.path) ?? []), use]);
  return files;
}

function drawRelated(panel, signal) {
  const { repository, path } = panel.place;
  return inSide(panel, () => askRepository(repository, "related", { target: path, limit: 40 }, signal), ({ related }) => {
    if (!related.length) return h("p", { class: "state" }, "No file imports it, is imported by it, or changed together with it.");
    const top = Math.max(...related.map((item) => item.weight)) || 1;
    return h("ul", { class: "places related" }, related.map((item) => h("li", {}, placeLink(panel, { path: item.path }, h("bdi", { class: "name" }, item.path), h("span", { class: "relation" }, item.relation, item.detail ? ` · ${item.detail}` : ""), h("span", { class: "gauge", "aria-hidden": "true" }, h("span", { "width%": (100 * item.weight) / top }))))));
  });
}

function scrollTo(panel, line) {
  const row = line && panel.scroller.querySelector(`.line[data-line="${line}"]`);
  if (!row) return;
  const third = panel.scroller.clientHeight / 4;
  panel.scroller.scrollTop = row.offsetTop - panel.scroller.offsetTop - third;
  if (panel.scroller.scrollHeight <= panel.scroller.clientHeight + 1) row.scrollIntoView({ block: "center" });
}

/** A click on a number makes a link to that line, with shift to all lines from the last one. */
function pickLine(panel, event) {
  const number = event.target.closest("a.num");
  if (!number || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const line = Number(number.dataset.line);
  const from = event.shiftKey && panel.place.start ? panel.place.start : line;
  panel.go({ ...panel.place, start: Math.min(from, line), end: Math.max(from, line), picked: true });
}
