// The page: which view an address shows, who is asking, and the bar above.

import { $, fill, h, icon, toast } from "./dom.js";
import { forgetAhead, listen, showKeys, typeAhead } from "./keyboard.js";
import { here, onChange, start } from "./router.js";
import { isRunning, load, may, onSession, session } from "./session.js";
import { accountButton, askForKey } from "./signin.js";
import { themeSwitch } from "./theme.js";
import { fileView } from "./view_file.js";
import { keysView } from "./view_keys.js";
import { localizeView } from "./view_localize.js";
import { mapView } from "./view_map.js";
import { repositoriesView } from "./view_repositories.js";
import { searchView } from "./view_search.js";

const VIEWS = { search: searchView, localize: localizeView, file: fileView, map: mapView, repositories: repositoriesView, keys: keysView };

const main = $("#main");
let shown = null; // {name, view, controller}

/** Draw what the address names; the same view is told to update itself instead. */
function draw(place = here()) {
  if (!session.loaded) return;
  const make = VIEWS[place.view];
  if (shown && shown.name === place.view && shown.view.update) return shown.view.update();
  shown?.controller.abort();
  const controller = new AbortController();
  const view = make ? make({ signal: controller.signal, ...place }) : unknown(place.view);
  shown = { name: place.view, view, controller };
  fill(main, view.element);
  main.dataset.view = place.view;
  document.title = view.title === "Search" ? "locant" : `${view.title} · locant`;
  for (const link of document.querySelectorAll(".nav a")) {
    if (link.dataset.view === place.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (document.activeElement === document.body && matchMedia("(hover: hover)").matches && place.view === "search" && !place.query.get("q")) view.focus();
  typeAhead(view);
}

const unknown = (name) => ({ title: "Not found", element: h("div", { class: "state" }, icon("alert"), h("div", {}, h("h1", {}, `There is no page “${name}”`), h("p", {}, h("a", { href: "#/" }, "Search instead")))) });

function bar() {
  $("#busy").hidden = ![...session.jobs.values()].some(isRunning);
  $('.nav a[data-view="keys"]').hidden = !may("admin");
  accountButton(begin);
}

/** Ask who we are, then show the page; without a key that is good, ask for one. */
async function begin() {
  try {
    await load();
    if (!session.about.caller) return needKey();
  } catch (problem) {
    bar();
    if (problem.status === 401) return needKey(problem);
    return fill(main, h("div", { class: "state error", role: "alert" }, icon("alert"), h("div", {}, h("p", {}, problem.message), h("button", { type: "button", class: "plain", onclick: begin }, "Try again"))));
  }
  shown?.controller.abort();
  shown = null;
  draw();
}

function needKey() {
  bar();
  forgetAhead();
  fill(main, h("div", { class: "state locked" }, icon("user"), h("div", {}, h("p", {}, "This server asks for a key."), h("button", { type: "button", class: "primary", onclick: () => askForKey(begin) }, "Sign in"))));
  askForKey(begin);
}

themeSwitch($("#theme"));
$("#help").addEventListener("click", showKeys);
$("#skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address holds the view
  main.focus();
});
onSession(bar, undefined);
window.addEventListener("locant:update", () => shown?.view.update?.());
window.addEventListener("locant:signin", ({ detail }) => session.about?.caller && askForKey(begin, detail.message));
window.addEventListener("unhandledrejection", ({ reason }) => reason?.name === "Problem" && toast(reason.message, "error"));
listen(() => shown?.view ?? null);
onChange(draw);
start();
begin();
