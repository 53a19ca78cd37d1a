// The map: a repository as a picture, what a text is about highlighted; the same as text for reading and copying.

import { askRepository, text } from "./api.js";
import { copyButton, fill, h, icon, say } from "./dom.js";
import { count, split } from "./format.js";
import { repositoryPicker } from "./picker.js";
import { fileOf, legend, readMap, zoomable } from "./picture.js";
import { fileHref, go, here, href, replace } from "./router.js";
import { askable } from "./session.js";

const NARROW = matchMedia("(max-width: 700px)");
const TEXT_TOKENS = 3000;

export function mapView({ signal }) {
  const asked = { controller: null };
  const body = h("div", { class: "map-body" });
  const { parts, query } = here();
  const focus = h("input", { type: "search", placeholder: "Highlight what a question or an issue is about", "aria-label": "What to highlight", value: query.get("focus") ?? "", spellcheck: "false" });
  const picker = repositoryPicker(parts.slice(0, 1), ([name]) => go(href("map", [name], { focus: focus.value.trim() })), signal, { one: true });
  const form = h("form", { class: "ask map-form" }, picker, h("label", { class: "box" }, icon("target"), focus), h("button", { class: "plain" }, "Highlight"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { parts: [name], query: now } = here();
    if (name) go(href("map", [name], { focus: focus.value.trim(), as: now.get("as") }));
  });
  const element = h("div", { class: "map-view" }, h("h1", { class: "unseen" }, "Map"), form, body);
  const update = () => draw(body, focus, asked);
  update();
  signal.addEventListener("abort", () => asked.controller?.abort());
  NARROW.addEventListener("change", update, { signal });
  return { element, title: "Map", update, focus: () => focus.focus() };
}

async function draw(body, focus, asked) {
  const { parts: [name], query } = here();
  if (!name) {
    const [only] = askable();
    if (only) return replaceWith(only.name, () => draw(body, focus, asked));
    return fill(body, h("div", { class: "state" }, icon("target"), h("p", {}, "No repository can be drawn yet.")));
  }
  asked.controller?.abort();
  const { signal } = (asked.controller = new AbortController());
  if (focus !== document.activeElement) focus.value = query.get("focus") ?? "";
  fill(body, h("p", { class: "loading" }, "Drawing…"));
  try {
    fill(body, ...(await (query.get("as") === "text" ? asText : asPicture)(name, query.get("focus") ?? "", signal)));
    say(`Map of ${name}`);
  } catch (problem) {
    if (problem.name !== "AbortError") fill(body, h("div", { class: "state error", role: "alert" }, icon("alert"), h("p", {}, problem.message)));
  }
}

function replaceWith(name, then) {
  replace(href("map", [name]));
  return then();
}

const other = (name, focus, as, words) => h("a", { class: "plain button small", href: href("map", [name], { focus, as }) }, icon(as === "text" ? "text" : "fit"), words);

async function asPicture(name, focus, signal) {
  const source = await text(`/v1/repositories/${encodeURIComponent(name)}/map.svg${focus ? `?focus=${encodeURIComponent(focus)}` : ""}`, signal);
  const map = readMap(source, NARROW.matches);
  if (!map) return [h("p", { class: "state" }, "There is nothing to draw.")];
  const frame = h("div", { class: "frame", tabindex: "0", role: "application", "aria-label": `Picture of ${name}: + and - to enlarge, arrows to move, 0 for all of it` }, map.drawing);
  const ways = zoomable(map.drawing, frame);
  frame.addEventListener("click", (event) => {
    const path = fileOf(event.target);
    if (path && !frame.dataset.moved) go(fileHref(name, path));
  });
  const button = (glyph, label, act) => h("button", { type: "button", class: "ghost icon", "aria-label": label, title: label, onclick: act }, icon(glyph));
  return [
    h("div", { class: "map-tools" }, button("plus", "Enlarge", ways.zoomIn), button("minus", "Reduce", ways.zoomOut), button("fit", "Show all of it", ways.fit), h("span", { class: "spring" }), legend(), other(name, focus, "text", "As text")),
    h("div", { class: "map-columns" }, frame, map.hits.length ? hitList(name, map.hits) : null),
  ];
}

function hitList(name, hits) {
  return h("aside", { class: "map-hits", "aria-label": "Highlighted files" }, h("h2", {}, count(hits.length, "highlighted file")),
    h("ul", { class: "places" }, hits.map((path) => h("li", {}, h("a", { class: "jump", href: fileHref(name, path), title: path }, h("span", { class: "name" }, split(path)[1]), h("span", { class: "where" }, h("bdi", {}, split(path)[0])))))));
}

async function asText(name, focus, signal) {
  const map = await askRepository(name, "map", { focus, max_tokens: TEXT_TOKENS }, signal);
  return [
    h("div", { class: "map-tools" }, h("span", { class: "dim" }, `${map.files.length} of ${count(map.total_files, "file")} in ${map.tokens.toLocaleString("en")} tokens`), copyButton(map.text, "Copy the map"), h("span", { class: "spring" }), other(name, focus, "", "As a picture")),
    h("pre", { class: "map-text", tabindex: "0" }, map.text),
  ];
}
