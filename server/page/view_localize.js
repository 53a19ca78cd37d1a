// Localize: an issue is pasted, and the functions, files and lines that it is about come out.

import { askRepository, post } from "./api.js";
import { issueMarker } from "./code.js";
import { copyButton, fill, h, icon, modal, say } from "./dom.js";
import { count, freshness } from "./format.js";
import { finder } from "./finder.js";
import { repositoryPicker } from "./picker.js";
import { card } from "./results.js";
import { go, here, href, replace } from "./router.js";
import { askable } from "./session.js";
import { unanswered } from "./view_search.js";

const LONGEST_IN_ADDRESS = 4000; // characters of an issue that stand in the address; a longer one stays in this tab
const LIMIT = 30;
const TEXTS = {
  brief: { label: "Brief", title: "Brief for an agent", sizes: [1000, 2000, 4000, 8000, 16000], usual: 4000 },
  pack: { label: "Pack", title: "Pack for a large window", sizes: [20000, 50000, 100000, 200000, 500000], usual: 50000 },
};
const KINDS = [["functions", "Functions"], ["files", "Files"], ["spans", "Lines"]];

export function localizeView({ signal }) {
  const asked = { controller: null, answer: null, kind: "functions" };
  const parts = form(signal);
  const view = finder(parts.element);
  view.element.classList.add("localize-view");
  const update = () => ask(view, parts, asked);
  update();
  signal.addEventListener("abort", () => asked.controller?.abort());
  return { element: view.element, title: "Issue", list: view.list, close: view.close, symbol: view.symbol, focus: () => { parts.element.open = true; parts.area.focus(); }, update };
}

function form(signal) {
  const { query } = here();
  const area = h("textarea", { id: "issue", rows: "9", placeholder: "Paste an issue: its title on the first line, then everything it says. Tracebacks, error messages and quoted code are evidence.", "aria-label": "Text of the issue", value: textOf(query), spellcheck: "false" });
  const picker = repositoryPicker(names(query), (chosen) => replace(href("localize", [], { ...Object.fromEntries(here().query), in: chosen.join(",") })), signal);
  const element = h("form", { class: "ask issue" }, h("h1", { class: "headline" }, "What is the issue about?"), area,
    h("div", { class: "chips" }, picker, h("span", { class: "spring" }), h("button", { class: "primary" }, "Find the place ", h("kbd", {}, "Ctrl ⏎"))));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(area.value);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit();
  });
  return { element, area };
}

const names = (query) => (query.get("in") ?? "").split(",").filter(Boolean);
const textOf = (query) => query.get("text") ?? (query.get("kept") ? (sessionStorage.getItem(`locant.issue.${query.get("kept")}`) ?? "") : "");

function submit(text) {
  const { query } = here();
  const own = { in: query.get("in"), text: "", kept: "" };
  if (text.length <= LONGEST_IN_ADDRESS) own.text = text;
  else {
    own.kept = Date.now().toString(36);
    sessionStorage.setItem(`locant.issue.${own.kept}`, text);
  }
  go(href("localize", [], own));
}

async function ask(view, parts, asked) {
  asked.controller?.abort();
  const { query } = here();
  const text = textOf(query);
  if (parts.area !== document.activeElement || !parts.area.value) parts.area.value = text;
  view.element.classList.toggle("home", !text.trim());
  if (!text.trim()) return view.say(start());
  const { signal } = (asked.controller = new AbortController());
  view.wait("Looking for the place…");
  const started = performance.now();
  try {
    const chosen = names(query);
    const only = chosen.length === 1 ? chosen[0] : askable().length === 1 ? askable()[0].name : "";
    const answer = only ? await askRepository(only, "localize", { text, files: LIMIT, functions: LIMIT }, signal) : await post("/v1/localize", { text, repositories: chosen.length ? chosen : null, limit: LIMIT, share: LIMIT }, signal);
    Object.assign(asked, { answer, only, took: performance.now() - started, text });
    view.marks = issueMarker(text);
    show(view, asked);
  } catch (problem) {
    if (problem.name !== "AbortError") view.fail(problem);
  }
  if (asked.controller?.signal === signal) view.element.removeAttribute("aria-busy");
}

const start = () => h("div", { class: "welcome" }, h("p", { class: "dim" }, "Functions, files and lines come out, each with the reasons. Give it the whole issue, not key words."));

function show(view, asked) {
  const { answer, only } = asked;
  if (!answer.files.length && !answer.functions.length) return view.say(h("div", { class: "state" }, icon("target"), h("p", {}, answer.hint || "Nothing in the code has to do with this text.")));
  if (!answer[asked.kind]?.length) asked.kind = KINDS.find(([kind]) => answer[kind]?.length)[0];
  const cards = answer[asked.kind].map((hit, index) => card(place(hit, index, only), { showRepository: !only }));
  view.show(cards);
  bar(view, asked);
  const [words, isWarning] = freshness(answer.freshness);
  fill(view.tail, unanswered(answer.failed), answer.hint ? h("p", { class: "hint" }, answer.hint) : null, words ? h("p", { class: ["fresh", isWarning && "warn"] }, words) : null);
  say(`${count(answer.functions.length, "function")} and ${count(answer.files.length, "file")}`);
}

function place(hit, index, only) {
  const symbol = hit.qualified_name ? { kind: hit.kind, qualified_name: hit.qualified_name } : null;
  return { repository: hit.repository ?? only, path: hit.path, start: hit.start_line, end: hit.end_line, rank: index + 1, symbol, signature: hit.signature, evidence: hit.evidence, reason: hit.reason };
}

function bar(view, asked) {
  const { answer, only } = asked;
  const choice = h("div", { class: "segments", role: "radiogroup", "aria-label": "What to list" }, KINDS.filter(([kind]) => answer[kind]?.length).map(([kind, label]) =>
    h("button", { type: "button", role: "radio", "aria-checked": String(kind === asked.kind), onclick: () => { asked.kind = kind; replace(href("localize", [], { ...Object.fromEntries(here().query), at: "" })); show(view, asked); } }, label, h("span", { class: "badge" }, answer[kind].length))));
  const repository = only || answer.functions[0]?.repository || answer.files[0]?.repository;
  const line = h("div", { class: "summary bar-line" }, choice,
    h("span", { class: "dim" }, `${Math.max(1, Math.round(asked.took))} ms`), h("span", { class: "spring" }),
    repository ? h("a", { class: "plain button small", href: href("map", [repository], { focus: asked.text.slice(0, LONGEST_IN_ADDRESS) }) }, "Map") : null,
    repository ? Object.entries(TEXTS).map(([method, { label }]) => h("button", { type: "button", class: "plain small", onclick: () => textFor(method, repository, asked.text) }, label)) : null);
  view.element.querySelector(".bar-line")?.remove();
  view.list.element.before(line);
}

/** A text about the issue for a model to read, under a budget of tokens that can be chosen; to copy. */
function textFor(method, repository, text) {
  const { title, sizes, usual } = TEXTS[method];
  const body = h("div", { class: "brief" });
  const draw = async (most) => {
    fill(body, h("p", { class: "loading" }, "Writing…"));
    try {
      const made = await askRepository(repository, method, { text, max_tokens: most });
      const size = h("select", { "aria-label": "Tokens at most", onchange: () => draw(Number(size.value)) }, sizes.map((tokens) => h("option", { value: tokens, selected: tokens === most }, `${tokens.toLocaleString("en")} tokens`)));
      fill(body, h("div", { class: "row" }, h("p", { class: "dim" }, `${made.tokens.toLocaleString("en")} of at most`), size, h("span", { class: "spring" }), copyButton(made.text, `Copy the ${method}`)), h("pre", { tabindex: "0" }, made.text));
    } catch (problem) {
      fill(body, h("p", { class: "state error" }, problem.message));
    }
  };
  modal(`${title}: ${repository}`, body, { wide: true });
  draw(usual);
}
