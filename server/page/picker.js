// Which repositories are asked: a list to tick, folded into a button.

import { fill, h, icon } from "./dom.js";
import { count } from "./format.js";
import { askable, onSession } from "./session.js";

const FILTERED_FROM = 8; // repositories, from which on a box to filter them helps

/** A picker; `change` hears the names that are ticked, [] for all. `one` picks a single one. */
export function repositoryPicker(chosen, change, signal, { one = false } = {}) {
  const summary = h("summary", { class: "chip" });
  const box = h("div", { class: "pop", role: "group", "aria-label": "Repositories to search" });
  const element = h("details", { class: "picker" }, summary, box);
  const picked = new Set(chosen);
  const draw = () => {
    const names = askable().map((repository) => repository.name);
    fill(summary, icon("filter"), h("span", { class: "unseen" }, "Repositories: "), h("span", { class: "clip" }, label(picked, names, one)), icon("down"));
    fill(box, choices(picked, names, one, (name, on) => {
      if (one) picked.clear();
      if (on) picked.add(name);
      else picked.delete(name);
      if (one) element.open = false;
      draw();
      change([...picked]);
    }, () => {
      picked.clear();
      draw();
      change([]);
    }));
  };
  draw();
  onSession(() => element.open || draw(), signal);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    event.stopPropagation();
    element.open = false;
    summary.focus();
  });
  document.addEventListener("click", (event) => element.contains(event.target) || (element.open = false), { signal });
  return element;
}

function label(picked, names, one) {
  if (picked.size === 1) return [...picked][0];
  if (picked.size) return count(picked.size, "repository", "repositories");
  return one ? "Choose a repository" : names.length === 1 ? names[0] : "All repositories";
}

function choices(picked, names, one, choose, clear) {
  const list = h("ul", { class: "ticks" }, names.map((name) => h("li", {}, h("label", {},
    h("input", { type: one ? "radio" : "checkbox", name: "repository", checked: picked.has(name), onchange: (event) => choose(name, event.target.checked) }), h("bdi", {}, name)))));
  if (!names.length) return h("p", { class: "state" }, "No repository can be asked yet.");
  return [
    names.length < FILTERED_FROM ? null : h("input", { type: "search", class: "filter", placeholder: "Filter", "aria-label": "Filter repositories", oninput: (event) => narrow(list, event.target.value) }),
    one ? null : h("button", { type: "button", class: "plain small", onclick: clear, disabled: !picked.size }, "All repositories"),
    list,
  ];
}

function narrow(list, text) {
  for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(text.toLowerCase());
}
