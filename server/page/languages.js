// How languages are coloured: which comments, strings and words they have. One row per language; names are the index's.

const C_COMMENTS = { line: ["//"], block: [["/*", "*/"]] };
const HASH = { line: ["#"] };
const words = (text) => new Set(text.split(" "));

const JS = words("abstract as async await break case catch class const continue debugger declare default delete do else enum export extends finally for from function get if implements import in infer instanceof interface is keyof let namespace new null of override private protected public readonly return satisfies set static super switch this throw true false try type typeof undefined var void while with yield");
const C = words("alignas alignof auto bool break case catch char class const consteval constexpr const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern false final float for friend goto if inline int long mutable namespace new noexcept NULL nullptr operator override private protected public register reinterpret_cast return short signed sizeof static static_assert static_cast struct switch template this throw true try typedef typeid typename union unsigned using virtual void volatile while define include ifdef ifndef endif pragma");

const javascript = { ...C_COMMENTS, quotes: `"'`, raw: ["`"], keywords: JS, decorator: true };
const c = { ...C_COMMENTS, quotes: `"`, char: true, keywords: C };

export const LANGUAGES = {
  python: { ...HASH, triple: [`"""`, "'''"], quotes: `"'`, prefix: "[rRbBfFuUtT]{1,2}", decorator: true, keywords: words("and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self cls True try type while with yield") },
  javascript,
  jsx: javascript,
  typescript: javascript,
  tsx: javascript,
  c,
  cpp: c,
  csharp: { ...C_COMMENTS, quotes: `"`, char: true, keywords: words("abstract as async await base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false finally fixed float for foreach get goto if implicit in init int interface internal is lock long namespace new null object operator out override params private protected public readonly record ref return sbyte sealed set short sizeof static string struct switch this throw true try typeof uint ulong unsafe ushort using var virtual void volatile when where while with yield") },
  java: { ...C_COMMENTS, triple: [`"""`], quotes: `"`, char: true, decorator: true, keywords: words("abstract assert boolean break byte case catch char class const continue default do double else enum extends false final finally float for goto if implements import instanceof int interface long native new null package private protected public record return sealed short static strictfp super switch synchronized this throw throws transient true try var void volatile while yield") },
  kotlin: { ...C_COMMENTS, triple: [`"""`], quotes: `"`, char: true, decorator: true, keywords: words("abstract as break by catch class companion const constructor continue crossinline data do else enum expect external false final finally for fun get if import in infix init inline inner interface internal is lateinit null object open operator out override package private protected public reified return sealed set super suspend tailrec this throw true try typealias val var vararg when where while") },
  scala: { ...C_COMMENTS, triple: [`"""`], quotes: `"`, char: true, decorator: true, keywords: words("abstract case catch class def do else enum export extends extension false final finally for given if implicit import in inline lazy match new null object opaque open override package private protected return sealed super then this throw trait true try type using val var while with yield") },
  swift: { ...C_COMMENTS, triple: [`"""`], quotes: `"`, decorator: true, keywords: words("actor any as associatedtype async await break case catch class continue default defer deinit do else enum extension fallthrough false fileprivate final for func get guard if import in indirect init inout internal is lazy let mutating nil nonisolated open operator override private protocol public repeat required rethrows return self Self set some static struct subscript super switch throw throws true try typealias var weak where while") },
  go: { ...C_COMMENTS, quotes: `"`, char: true, raw: ["`"], keywords: words("any bool break byte case chan const continue default defer else error fallthrough false float32 float64 for func go goto if import int int32 int64 interface iota map nil package range return rune select string struct switch true type uint uint32 uint64 var") },
  rust: { ...C_COMMENTS, quotes: `"`, char: true, prefix: "[br]{1,2}#?", keywords: words("as async await bool box break char const continue crate dyn else enum extern f32 f64 false fn for i16 i32 i64 i8 if impl in isize let loop match mod move mut pub ref return self Self static str struct super trait true type u16 u32 u64 u8 union unsafe use usize where while") },
  zig: { line: ["//"], quotes: `"`, char: true, decorator: true, keywords: words("align allowzero and anyerror anytype asm async await bool break catch comptime const continue defer else enum errdefer error export extern false fn for if inline noalias null opaque or orelse packed pub return struct suspend switch test threadlocal true try type undefined union unreachable usingnamespace var void volatile while") },
  php: { line: ["//", "#"], block: [["/*", "*/"]], quotes: `"'`, keywords: words("abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enum extends false final finally fn for foreach function global goto if implements include include_once instanceof insteadof interface isset list match namespace new null or print private protected public readonly require require_once return static switch this throw trait true try unset use var while xor yield") },
  ruby: { ...HASH, block: [["=begin", "=end"]], quotes: `"'`, keywords: words("alias and begin break case class def defined? do else elsif end ensure false for if in module next nil not or private protected public raise redo require rescue retry return self super then true undef unless until when while yield") },
  elixir: { ...HASH, triple: [`"""`], quotes: `"`, decorator: true, keywords: words("after alias and case catch cond def defmacro defmodule defp defprotocol defimpl defstruct do else end false fn for if import in nil not or quote raise receive require rescue super true try unless unquote use when with") },
  lua: { line: ["--"], block: [["--[[", "]]"]], quotes: `"'`, keywords: words("and break do else elseif end false for function goto if in local nil not or repeat return self then true until while") },
  haskell: { line: ["--"], block: [["{-", "-}"]], quotes: `"`, char: true, keywords: words("as case class data default deriving do else family forall foreign hiding if import in infix infixl infixr instance let module newtype of qualified then type where") },
  bash: { shellComment: true, quotes: `"'`, variable: true, keywords: words("case do done elif else esac exit export fi for function if in local return select set shift source then trap unset until while") },
  sql: { line: ["--"], block: [["/*", "*/"]], quotes: `"'`, anyCase: true, keywords: words("add all alter and as asc begin between by case check column commit constraint create cross database default delete desc distinct drop else end exists false foreign from full function group having if in index inner insert into is join key left like limit not null offset on or order outer primary references return right rollback select set table then transaction trigger true union unique update using values view when where with") },
  css: { block: [["/*", "*/"]], quotes: `"'`, property: true, keywords: words("important") },
  html: { block: [["<!--", "-->"]], quotes: `"'`, tags: true, keywords: new Set() },
  xml: { block: [["<!--", "-->"]], quotes: `"'`, tags: true, keywords: new Set() },
  json: { line: ["//"], block: [["/*", "*/"]], quotes: `"`, property: true, keywords: words("true false null") },
  yaml: { shellComment: true, quotes: `"'`, property: true, keywords: words("true false null yes no on off") },
  toml: { ...HASH, triple: [`"""`, "'''"], quotes: `"'`, property: true, section: true, keywords: words("true false") },
  markdown: { heading: true, raw: ["```"], ticks: true, keywords: new Set() },
};
