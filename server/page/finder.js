// What searching and localizing share: a list on the left, the file that is chosen on the right, both in the address.

import { fill, h, icon } from "./dom.js";
import { range } from "./format.js";
import { filePanel } from "./panel.js";
import { resultList } from "./results.js";
import { fileHref, go, here, href, replace } from "./router.js";

const NARROW = matchMedia("(max-width: 900px)"); // one column: a file opens over the list

/** The two columns; `form` stands above the list. */
export function finder(form) {
  const state = h("div", { class: "answer-state", hidden: true });
  const panel = filePanel({ onPlace: (place) => choose(place, true) });
  const list = resultList({ choose: (place, index, quiet) => chosen(place, index, quiet), open: (place) => go(fileHref(place.repository, place.path, place.start, place.end)) });
  const tail = h("div", { class: "tail" });
  const left = h("section", { class: "found", "aria-label": "Results" }, form, state, list.element, tail);
  const element = h("div", { class: "split", "data-empty": "" }, left, panel.element);
  const view = { element, list, panel, state, tail, marks: null };

  panel.onClose = () => close();

  function chosen(place, index, quiet) {
    if (quiet && NARROW.matches) return; // nothing covers the list unless it is asked for
    choose(place, !quiet);
  }

  function choose(place, isAsked) {
    element.classList.add("with-file");
    element.classList.toggle("covered", isAsked);
    panel.show(place, { marks: view.marks });
    const { view: name, parts, query } = here();
    replace(href(name, parts, { ...Object.fromEntries(query), at: `${place.repository}/${place.path}:${place.start ?? 1}-${place.end ?? place.start ?? 1}` }));
  }

  function close() {
    element.classList.remove("covered");
    list.element.children[list.current]?.querySelector("a.path")?.focus({ preventScroll: true });
    if (!NARROW.matches) return;
    element.classList.remove("with-file");
    panel.clear();
  }

  /** Show cards; the one that the address names is current, else the first. */
  view.show = (cards) => {
    element.toggleAttribute("data-empty", !cards.length);
    state.hidden = cards.length > 0;
    const at = placeOf(here().query.get("at"));
    const index = at ? cards.findIndex(({ place }) => place.repository === at.repository && place.path === at.path) : 0;
    list.fill(cards, index < 0 || !at ? 0 : -1);
    if (at && cards.length) list.move(Math.max(index, 0), { quiet: !NARROW.matches, place: at });
    if (!cards.length) closeFile();
  };
  const closeFile = () => {
    element.classList.remove("with-file", "covered");
    panel.clear();
  };
  /** Say something in place of results: an empty answer, an error, a start. */
  view.say = (...children) => {
    list.fill([]);
    fill(tail);
    closeFile();
    element.toggleAttribute("data-empty", true);
    state.hidden = false;
    fill(state, ...children);
  };
  /** Show that an answer is being waited for; results that are there stay, dimmed. */
  view.wait = (words) => {
    if (!list.element.children.length) view.say(h("p", { class: "loading" }, words));
    element.setAttribute("aria-busy", "true");
  };
  view.fail = (problem) => view.say(h("div", { class: "state error", role: "alert" }, icon("alert"), h("div", {}, h("p", {}, problem.message), problem.request ? h("p", { class: "dim" }, `request ${problem.request}`) : null)));
  view.close = close;
  view.symbol = () => {
    const name = list.element.children[list.current]?.symbol;
    if (name) panel.symbol(name);
  };
  return view;
}

/** `repository/path/of/file.py:12-40` taken apart. */
export function placeOf(text) {
  const match = /^([^/]+)\/(.+):(\d+(?:-\d+)?)$/.exec(text ?? "");
  if (!match) return null;
  const [start, end] = range(match[3]);
  return { repository: match[1], path: match[2], start, end };
}
