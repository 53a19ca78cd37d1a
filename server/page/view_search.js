// Search: a question, a symbol, a literal or a regular expression, over one or all repositories.

import { askRepository, post } from "./api.js";
import { marker } from "./code.js";
import { fill, h, icon, say } from "./dom.js";
import { age, count, freshness } from "./format.js";
import { finder } from "./finder.js";
import { repositoryPicker } from "./picker.js";
import { card } from "./results.js";
import { here, href, go, replace } from "./router.js";
import { askable, session } from "./session.js";

const FIRST = 20; // hits of the first answer, and how many more each time; 200 at most
const MORE = 40;
const MOST = 200;
const PAUSE = 300; // milliseconds without a key after which a question is asked without Enter

const MODES = [["auto", "Auto"], ["words", "Words"], ["symbol", "Symbol"], ["literal", "Literal"], ["regex", "Regex"]];
const AREAS = ["code", "tests", "docs", "config"];
const EXAMPLES = ["where is the timeout set", "parse command line arguments", "/raise \\w+Error/"];

/** Mount the view; it draws itself anew whenever the address changes. */
export function searchView({ signal }) {
  const asked = { controller: null, timer: 0, own: "", isDraft: false };
  const parts = form(asked, signal);
  const view = finder(parts.element);
  view.element.classList.add("search-view");
  const refresh = () => ask(view, parts, asked);
  refresh();
  signal.addEventListener("abort", () => { asked.controller?.abort(); clearTimeout(asked.timer); });
  return { element: view.element, title: "Search", list: view.list, close: view.close, symbol: view.symbol, focus: () => parts.input.select() ?? parts.input.focus(), update: refresh };
}

function form(asked, signal) {
  const { query } = here();
  const input = h("input", { type: "search", id: "q", name: "q", placeholder: "A question, a symbol, a \"literal\" or a /regex/", "aria-label": "Search the code", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search", value: query.get("q") ?? "" });
  const picker = repositoryPicker(chosenNames(query), (names) => change(asked, { in: names.join(",") }), signal);
  const filters = filterBox(query, asked);
  const element = h("form", { class: "ask", role: "search" },
    h("h1", { class: "headline" }, "Where is it in the code?"),
    h("label", { class: "box" }, icon("search"), input, h("kbd", { "aria-hidden": "true" }, "/")),
    h("div", { class: "chips" }, picker, filters));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(asked.timer);
    submit(asked, input.value, true);
  });
  input.addEventListener("input", () => {
    clearTimeout(asked.timer);
    asked.timer = setTimeout(() => (input.value.trim().length > 2 || !input.value) && submit(asked, input.value, false), PAUSE);
  });
  return { element, input };
}

const chosenNames = (query) => (query.get("in") ?? "").split(",").filter(Boolean);

/**
 * Ask. What is asked while typing becomes one entry of the history, however many letters it takes; Enter ends it.
 */
function submit(asked, text, isFinal) {
  const { query } = here();
  const address = href("search", [], { ...Object.fromEntries(query), q: text.trim(), at: "", n: "" });
  const isNew = text.trim() !== (query.get("q") ?? "") && !asked.isDraft && query.get("q");
  asked.isDraft = !isFinal;
  asked.own = address;
  if (isNew) return go(address);
  replace(address);
  window.dispatchEvent(new Event("locant:update"));
}

function change(asked, values) {
  const { query } = here();
  asked.own = href("search", [], { ...Object.fromEntries(query), ...values, at: "", n: "" });
  replace(asked.own);
  window.dispatchEvent(new Event("locant:update"));
}

function filterBox(query, asked) {
  const select = (name, label, options) => h("label", { class: "field" }, h("span", {}, label), h("select", { name, onchange: (event) => change(asked, { [name]: event.target.value }) }, options.map(([value, words]) => h("option", { value, selected: (query.get(name) ?? "") === value }, words))));
  const text = (name, label, hint) => h("label", { class: "field" }, h("span", {}, label), h("input", { name, type: "text", placeholder: hint, value: query.get(name) ?? "", autocapitalize: "off", spellcheck: "false", onchange: (event) => change(asked, { [name]: event.target.value.trim() }) }));
  const active = ["mode", "area", "lang", "path", "kind"].filter((name) => query.get(name)).length;
  return h("details", { class: "filters" },
    h("summary", { class: "chip" }, "Filters", active ? h("span", { class: "badge" }, active) : null, icon("down")),
    h("div", { class: "pop grid" },
      select("mode", "Read as", MODES.map(([value, words]) => [value === "auto" ? "" : value, words])),
      select("area", "Area", [["", "Everything"], ...AREAS.map((area) => [area, area])]),
      text("lang", "Language", "python"),
      text("kind", "Kind of symbol", "function"),
      text("path", "Paths", "src/**/*.py")));
}

async function ask(view, parts, asked) {
  asked.controller?.abort();
  const { query } = here();
  const text = query.get("q") ?? "";
  if (location.hash !== asked.own) {
    parts.input.value = text; // the address was changed by somebody else: a link, or "back"
    asked.isDraft = false;
  }
  asked.own = "";
  view.element.classList.toggle("home", !text);
  if (!text) return view.say(home());
  const { signal } = (asked.controller = new AbortController());
  view.wait("Searching…");
  const started = performance.now();
  try {
    const limit = Math.min(Number(query.get("n")) || FIRST, MOST);
    const answer = await askServer(text, query, limit, signal);
    show(view, text, query, answer, limit, performance.now() - started);
  } catch (problem) {
    if (problem.name !== "AbortError") view.fail(problem);
  }
  if (asked.controller?.signal === signal) view.element.removeAttribute("aria-busy");
}

/** One repository is asked by itself, several through the merged ranking. */
function askServer(text, query, limit, signal) {
  const names = chosenNames(query);
  const list = (name) => (query.get(name) ? { [{ lang: "languages", path: "paths", kind: "kinds", area: "areas" }[name]]: query.get(name).split(/[\s,]+/).filter(Boolean) } : {});
  const body = { text, limit, ...list("lang"), ...list("path"), ...list("kind"), ...list("area") };
  if (query.get("mode")) body.mode = query.get("mode");
  const only = names.length === 1 ? names[0] : askable().length === 1 ? askable()[0].name : "";
  return only ? askRepository(only, "search", body, signal) : post("/v1/search", { ...body, repositories: names.length ? names : null, share: limit }, signal);
}

function show(view, text, query, answer, limit, took) {
  const several = !answer.freshness;
  view.marks = marker(text, answer.mode);
  const cards = answer.hits.map((hit, index) => card({ ...hit, start: hit.start_line, end: hit.end_line, rank: index + 1, repository: repositoryOf(hit, answer, query) }, { marks: view.marks, showRepository: several }));
  const words = `${count(answer.hits.length, "place")}${answer.truncated ? ", more follow" : ""}`;
  say(words);
  if (!cards.length) return view.say(nothing(text, answer));
  view.show(cards);
  fill(view.tail, ...tail(answer, limit, several));
  fill(summaryOf(view), h("span", {}, words), h("span", { class: "dim" }, `${answer.mode} · ${Math.max(1, Math.round(took))} ms`));
}

/** The name of a hit's repository; an answer of one repository need not name it. */
const repositoryOf = (hit, answer, query) => [hit.repository, answer.repository].find((name) => session.repositories.some((one) => one.name === name)) ?? (chosenNames(query)[0] || askable()[0]?.name);

function summaryOf(view) {
  let line = view.element.querySelector(".summary");
  if (!line) {
    line = h("p", { class: "summary" });
    view.list.element.before(line);
  }
  return line;
}

function tail(answer, limit, several) {
  const [words, isWarning] = freshness(answer.freshness);
  return [
    unanswered(answer.failed),
    answer.hint ? h("p", { class: "hint" }, quoted(answer.hint)) : null,
    answer.truncated && limit < MOST ? h("button", { type: "button", class: "plain more", onclick: () => showMore(limit) }, "Show more") : null,
    several ? h("p", { class: "fresh" }, `${count(answer.repositories?.length ?? 0, "repository", "repositories")} asked`) : h("p", { class: ["fresh", isWarning && "warn"] }, words),
  ];
}

/** Which repositories gave no answer, and why. */
export const unanswered = (failed) => (failed?.length ? h("p", { class: "hint" }, "No answer from ", failed.map((one, index) => [index ? "; " : "", h("strong", {}, h("bdi", {}, one.repository)), `: ${one.detail}`])) : null);

/** Words in which code stands between backquotes. */
const quoted = (words) => words.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));

function showMore(limit) {
  const { query } = here();
  replace(href("search", [], { ...Object.fromEntries(query), n: Math.min(limit + MORE, MOST) }));
  window.dispatchEvent(new Event("locant:update"));
}

function nothing(text, answer) {
  const part = href("search", [], { ...Object.fromEntries(here().query), q: text.trim().split(/\s+/)[0], mode: "literal", at: "", n: "" });
  return h("div", { class: "state" }, icon("search"), h("div", {}, h("p", {}, "Nothing found for ", h("strong", {}, text)), h("p", { class: "dim" }, quoted(answer.hint || "Try other words, another repository, or fewer filters.")),
    ["literal", "regex"].includes(answer.mode) ? null : h("p", {}, h("a", { href: part }, "Look for it as a part of a word"))));
}

function home() {
  const ready = askable();
  const waiting = session.repositories.length - ready.length;
  if (!session.repositories.length) return h("div", { class: "welcome" }, h("p", {}, "There is no repository yet."), h("p", {}, h("a", { class: "button primary", href: "#/repositories?add=1" }, icon("plus"), "Add a repository")));
  return h("div", { class: "welcome" },
    h("p", { class: "try" }, h("span", { class: "dim" }, "Try "), EXAMPLES.map((text) => h("a", { class: "chip", href: href("search", [], { q: text }) }, text))),
    h("ul", { class: "tiles" }, ready.slice(0, 12).map((repository) => h("li", {}, h("a", { class: "tile", href: href("map", [repository.name]) },
      h("strong", {}, h("bdi", {}, repository.name)),
      h("span", { class: "dim" }, [repository.files === null ? null : count(repository.files, "file"), `indexed ${age(repository.indexed_at)}`].filter(Boolean).join(" · ")))))),
    waiting ? h("p", { class: "dim" }, h("a", { href: "#/repositories" }, `${count(waiting, "repository", "repositories")} cannot be asked yet`)) : null);
}
