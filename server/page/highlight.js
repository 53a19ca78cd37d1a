// A small tokenizer: comments, strings, numbers, keywords, types, calls. One regular expression per language, made once.

import { LANGUAGES } from "./languages.js";

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const END = "(?![\\s\\S])";
const NAME = "[\\p{L}_$][\\p{L}\\p{N}_$]*";
const NUMBER = "(?<![\\p{L}\\p{N}_$])(?:0[xXbBoO][\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?)[a-zA-Z%]*";
const LONGEST = 400_000; // characters that are coloured; more would hold up the page

const made = new Map();

/** Lines of [class, text] pairs; classes are those of code.css, "i" is a name that can be asked about, "" is the rest. */
export function tokenLines(text, language) {
  const rules = rulesOf(language);
  if (!rules || text.length > LONGEST) return text.split("\n").map((line) => [["", line]]);
  const opener = openerOf(text, LANGUAGES[language]);
  const lines = tokens(opener + text, rules);
  if (opener) cut(lines[0], opener.length);
  return lines;
}

function tokens(text, rules) {
  const lines = [[]];
  let at = 0;
  for (const match of text.matchAll(rules.pattern)) {
    if (match.index > at) put(lines, "", text.slice(at, match.index));
    put(lines, classOf(match, rules, text), match[0]);
    at = match.index + match[0].length;
  }
  if (at < text.length) put(lines, "", text.slice(at));
  return lines;
}

function cut(line, length) {
  const [kind, text] = line[0];
  if (text.length > length) line[0] = [kind, text.slice(length)];
  else line.shift();
}

/** What a fragment is within, when it begins in the middle of a comment or of a long string. */
function openerOf(text, row) {
  for (const [open, close] of row.block ?? []) {
    const [begins, ends] = [text.indexOf(open), text.indexOf(close)];
    if (ends >= 0 && (begins < 0 || ends < begins)) return open;
  }
  return (row.triple ?? []).find((mark) => isClosedFirst(text, mark)) ?? "";
}

/** Whether the first mark of an odd number closes a string: it follows prose, or stands alone below a line of prose. */
function isClosedFirst(text, mark) {
  const pieces = text.split(mark);
  if (pieces.length % 2) return false;
  const [own, before = null] = pieces[0].split("\n").reverse();
  if (own.trim()) return !/[=(,[{:+]\s*$|\b(?:return|yield|in|[rbfuRBFU]{1,2})\s*$/.test(own);
  return before !== null && /^\s*(?:\n|$)/.test(pieces[1]) && !/[:=({[,]\s*$/.test(before);
}

function put(lines, kind, text) {
  text.split("\n").forEach((piece, number) => {
    if (number) lines.push([]);
    if (piece) lines.at(-1).push([kind, piece]);
  });
}

function rulesOf(name) {
  if (!made.has(name)) made.set(name, LANGUAGES[name] ? compile(LANGUAGES[name]) : null);
  return made.get(name);
}

function compile(row) {
  const kinds = [
    ["c", comments(row)],
    ["h", row.heading ? ["(?<=^|\\n)(?:#{1,6} [^\\n]*|=====*|-----*)(?=\\n|$)"] : row.section ? ["(?<=^|\\n)\\[[^\\n]*\\]"] : []],
    ["p", row.property ? [`(?<=^|[\\n{;,]\\s*|-\\s)(?:"[^"\\n]*"|[\\w.$@/-]+)(?=\\s*[:=](?!\\S*//))`] : []],
    ["s", strings(row)],
    ["t", row.tags ? ["</?[\\w:-]+|/?>"] : []],
    ["d", [...(row.decorator ? ["@[\\w.]+"] : []), ...(row.variable ? ["\\$(?:\\w+|\\{[^}\\n]*\\}|[@*#?$!-])"] : [])]],
    ["n", row.heading ? [] : [NUMBER]],
    ["w", [NAME]],
  ].filter(([, parts]) => parts.length);
  const source = kinds.map(([kind, parts]) => `(?<${kind}>${parts.join("|")})`).join("|");
  return { pattern: new RegExp(source, "gu"), keywords: row.keywords, anyCase: row.anyCase, plain: Boolean(row.heading) };
}

function comments(row) {
  const blocks = (row.block ?? []).map(([open, close]) => `${escaped(open)}[\\s\\S]*?(?:${escaped(close)}|${END})`);
  const ends = (row.line ?? []).map((mark) => `${escaped(mark)}[^\\n]*`);
  return [...blocks, ...ends, ...(row.shellComment ? ["(?<=^|[\\s;])#[^\\n]*"] : [])];
}

function strings(row) {
  const prefix = row.prefix ? `(?:(?<![\\p{L}\\p{N}_])${row.prefix})?` : "";
  const long = [...(row.triple ?? []), ...(row.raw ?? [])].map((mark) => `${prefix}${mark}(?:\\\\[\\s\\S]|(?!${mark})[\\s\\S])*(?:${mark}|${END})`);
  const short = [...(row.quotes ?? "")].map((mark) => `${prefix}${mark}(?:\\\\[\\s\\S]|[^${mark}\\\\\\n])*(?:${mark}|(?=\\n)|${END})`);
  return [...long, ...short, ...(row.char ? ["'(?:\\\\[^\\n']+|[^'\\\\\\n])'"] : []), ...(row.ticks ? ["`[^`\\n]+`"] : [])];
}

function classOf(match, rules, text) {
  const kind = Object.entries(match.groups).find(([, found]) => found !== undefined)[0];
  if (kind !== "w") return kind;
  const word = match[0];
  if (rules.plain) return "";
  if (rules.keywords.has(rules.anyCase ? word.toLowerCase() : word)) return "k";
  if (text[match.index + word.length] === "(") return "f";
  return /^\p{Lu}.*\p{Ll}/u.test(word) ? "y" : "i";
}
