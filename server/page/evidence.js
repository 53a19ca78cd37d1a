// Why a place was found: each reason with a bar that is as long as its weight. The words are the server's.

import { h } from "./dom.js";

const CONSTANT = "base"; // what every candidate starts with says nothing about this one
const TOLD = 3; // reasons that are told before more are asked for

/**
 * Reasons with their share of what sets the place apart; the same rule as the command line's `--explain`.
 * Shares of reasons against the place are negative.
 */
export function shares(evidence) {
  const apart = (evidence ?? []).filter((item) => item.signal !== CONSTANT);
  const total = apart.reduce((sum, item) => sum + Math.abs(item.weight), 0) || 1;
  return apart.map((item) => ({ ...item, share: item.weight / total })).sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
}

/** A summary line with the strongest reasons, which opens to all of them. */
export function why(evidence) {
  const found = shares(evidence);
  if (!found.length) return null;
  const told = found.filter((item) => item.share > 0).slice(0, TOLD).map((item) => item.detail || item.signal);
  return h("details", { class: "why" },
    h("summary", {}, strip(found), h("span", { class: "reasons" }, told.join("; ") || found[0].detail)),
    h("ul", { class: "bars" }, found.map(bar)));
}

/** All reasons in one line of segments, so that many results can be compared at a glance. */
function strip(found) {
  const parts = found.filter((item) => item.share > 0);
  return h("span", { class: "strip", "aria-hidden": "true" }, parts.map((item) => h("span", { "width%": 100 * item.share })));
}

function bar(item) {
  const percent = 100 * item.share;
  return h("li", { class: item.share < 0 && "against" },
    h("span", { class: "gauge", "aria-hidden": "true" }, h("span", { "width%": Math.abs(percent) })),
    h("span", { class: "percent", title: `weight ${item.weight}` }, `${percent.toFixed(percent > -10 && percent < 10 ? 1 : 0)} %`),
    h("span", { class: "detail" }, item.detail || item.signal),
    h("span", { class: "signal" }, item.signal));
}
