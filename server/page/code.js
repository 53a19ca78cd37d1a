// Lines of code as elements: numbers that link, colours, the words of the question marked, and names that can be asked about.

import { h } from "./dom.js";
import { tokenLines } from "./highlight.js";

const ASKABLE = new Set(["i", "f", "y"]);
const SHORTEST = 3; // letters of a word that is marked: shorter ones are everywhere

const COMMON = new Set(
  "about after again all also and any are been before being but can cannot could did does doing don for from get had has have having her here his how into its just like more most not now off once only other our out over own same she should some such than that the their them then there these they this those through too under until use used using very was were what when where which while who why will with would you your".split(" "),
);

/**
 * What finds the words of a question in a piece of code, as [start, end] pairs; null when there is nothing to find.
 * A word also matches in another form and as a part of a name: "delays" in `retryDelay` and `RETRY_DELAY`.
 * With `mode` literal or regex the text is found as it stands.
 */
export function marker(question, mode = "") {
  if (mode === "literal") return found(new RegExp(escapeText(question.trim().replace(/^(["'`])(.*)\1$/, "$2")), "giu"));
  if (mode === "regex") return regex(question);
  const words = (question.match(/[\p{L}\p{N}]+/gu) ?? []).flatMap(parts).map((word) => word.toLowerCase());
  const stems = new Set(words.filter((word) => word.length >= SHORTEST && !COMMON.has(word)).map(stem));
  if (!stems.size) return null;
  return (piece) => [...piece.matchAll(PART)].filter(([part]) => stems.has(stem(part.toLowerCase()))).map((match) => [match.index, match.index + match[0].length]);
}

/**
 * What finds the words of an issue: an issue is long, so only those of its title and the names that it mentions are
 * marked, since a page of marks shows nothing.
 */
export function issueMarker(text) {
  const [title] = text.trim().split("\n");
  const names = text.match(/[\p{L}_][\p{L}\p{N}_]*(?:[_.][\p{L}\p{N}_]+|\p{Ll}\p{Lu}[\p{L}\p{N}]*|\(\))/gu) ?? [];
  return marker([title, ...new Set(names)].slice(0, 40).join(" "));
}

const PART = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+/gu;
const parts = (word) => [word, ...(word.match(PART) ?? [])];
const stem = (word) => (word.length > 4 ? word.replace(/(?:ations?|ators?|ies|ing|ers?|ed|es|s|e|y)$/u, "") : word);
const escapeText = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function regex(question) {
  try {
    return found(new RegExp(question.trim().replace(/^\/(.*)\/$/, "$1"), "gu"));
  } catch {
    return null; // what Python reads need not be what the browser reads
  }
}

const found = (pattern) => (piece) => [...piece.matchAll(pattern)].filter(([text]) => text).map((match) => [match.index, match.index + match[0].length]);

/**
 * Lines of code.
 * @param {{text: string, start: number, language: string, marks?: ((piece: string) => number[][])|null, hot?: number[]|null,
 *   link?: (line: number) => string}} given - `hot` are the first and the last line to stand out
 */
export function codeBlock({ text, start, language, marks = null, hot = null, link = null }) {
  const rows = tokenLines(text, language).map((tokens, index) => row(tokens, start + index, { marks, hot, link }));
  const wide = String(start + rows.length).length;
  const block = h("div", { class: "code", role: "group", "aria-label": `Lines ${start} to ${start + rows.length - 1}` }, h("div", { class: "rows" }, rows));
  block.style.setProperty("--digits", String(Math.max(wide, 3)));
  return block;
}

function row(tokens, number, { marks, hot, link }) {
  const isHot = hot && number >= hot[0] && number <= hot[1];
  const label = link
    ? h("a", { class: "num", href: link(number), tabindex: "-1", "aria-label": `Line ${number}`, "data-line": number }, number)
    : h("span", { class: "num" }, number);
  return h("div", { class: ["line", isHot && "hot"], "data-line": number }, label, h("code", {}, tokens.map(([kind, piece]) => token(kind, piece, marks))));
}

function token(kind, piece, marks) {
  const inner = marks ? marked(piece, marks) : piece;
  return kind ? h("span", { class: ASKABLE.has(kind) ? `${kind} name-of` : kind }, inner) : inner;
}

function marked(piece, marks) {
  const places = marks(piece);
  if (!places.length) return piece;
  const pieces = [];
  let at = 0;
  for (const [start, end] of places) {
    pieces.push(piece.slice(at, start), h("mark", {}, piece.slice(start, end)));
    at = end;
  }
  return [...pieces, piece.slice(at)];
}

/** One line, without a number: for lists of uses. */
export function codeLine(text, language) {
  const tokens = tokenLines(text.trim(), language)[0] ?? [];
  return h("code", { class: "oneline" }, tokens.map(([kind, piece]) => token(kind === "i" ? "" : kind, piece, null)));
}

/** Be told of names that are pointed at (click) within an element. */
export function onName(element, hear) {
  element.addEventListener("click", (event) => {
    const name = event.target.closest(".name-of");
    if (name && !String(getSelection())) hear(name.textContent, event);
  });
}
