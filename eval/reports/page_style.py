"""Style of the report page: two themes, one colour per system that is told apart without red and green."""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = """
:root { --ink: #1d2430; --soft: #5d6776; --paper: #ffffff; --band: #f4f6f9; --rule: #dde2ea; --good: #0b6b4f;
  --c0: #0b62c4; --c1: #c4570b; --c2: #7a3fb0; --c3: #0a7d7d; --c4: #a3305f; --c5: #6b6b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa5b5; --paper: #12161c; --band: #1a2029;
  --rule: #2c3542; --good: #5fd0a8; --c0: #6db1ff; --c1: #ffab66; --c2: #c79bf2; --c3: #5fd3d3; --c4: #f08cb6;
  --c5: #d6d65c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 1.25rem; margin: 40px 0 8px; }
h3 { font-size: 1rem; margin: 24px 0 8px; }
h4 { font-size: .85rem; margin: 10px 0 2px; color: var(--soft); font-weight: 600; }
a { color: var(--c0); }
p, figcaption { color: var(--soft); margin: 0 0 12px; }
.caution { color: var(--c1); font-weight: 600; }
.said { color: var(--ink); font-size: 1.15rem; max-width: 62em; margin: 8px 0 16px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr)); gap: 12px;
  margin: 0 0 16px; }
.tile { border-top: 4px solid var(--c); background: var(--band); border-radius: 8px; padding: 12px 16px 4px; }
.tile h2 { margin: 0 0 6px; color: var(--c); overflow-wrap: anywhere; }
.tile p { margin: 0 0 8px; line-height: 1.3; }
.tile b { color: var(--ink); font-size: 1.35rem; font-variant-numeric: tabular-nums; }
/* Columns, not a grid: plots differ much in height. */
.grid2 { columns: 420px 2; column-gap: 16px; }
figure { margin: 0 0 16px; break-inside: avoid; padding: 12px; background: var(--band);
  border-radius: 8px; min-width: 0; }
.scroll { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 320px; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--soft); }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg polyline { fill: none; stroke-width: 2; }
svg .whisker { stroke-width: 1.5; opacity: .55; }
svg .name { font-weight: 600; }
.s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); }
.s3 { stroke: var(--c3); } .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); }
circle.s0, svg text.f0 { fill: var(--c0); } circle.s1, svg text.f1 { fill: var(--c1); }
circle.s2, svg text.f2 { fill: var(--c2); } circle.s3, svg text.f3 { fill: var(--c3); }
circle.s4, svg text.f4 { fill: var(--c4); } circle.s5, svg text.f5 { fill: var(--c5); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--soft); font-weight: 600; }
details { border-bottom: 1px solid var(--rule); padding: 6px 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary span { color: var(--soft); }
summary:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr)); gap: 12px;
  padding: 8px 0; }
.answers > div { min-width: 0; }
.answers h3 { font-size: .95rem; margin: 0; }
.inside { padding: 0 0 8px 14px; border-left: 3px solid var(--rule); scroll-margin-top: 64px; }
.inside:target { border-left-color: var(--c0); }
.bar { display: flex; gap: 2px; font-weight: 600; font-size: .9rem; margin-bottom: 4px; }
.bar span { flex-basis: 2.2em; padding: 3px 8px; color: #fff; border-radius: 4px; }
.win { background: #0b62c4; } .tie { background: #6b7685; } .loss { background: #b04d08; }
ul.links, ul.paths, ul.notes { margin: 4px 0; padding-left: 1.2em; font-size: .9rem; overflow-wrap: anywhere; }
ul.paths { color: var(--good); font-weight: 600; }
ol { margin: 4px 0; padding-left: 2em; font-size: .85rem; overflow-wrap: anywhere; }
li.gold { color: var(--good); font-weight: 700; }
li.gold::after { content: " (gold)"; font-weight: 400; }
"""
