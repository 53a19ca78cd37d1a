// Signing in with a key; it is kept in this tab only (sessionStorage) and forgotten when the tab is closed.

import { key } from "./api.js";
import { $, fill, h, icon, modal } from "./dom.js";
import { session, signIn } from "./session.js";

let open = null;

/** Ask for a key; `then` runs once one was taken. */
export function askForKey(then, why = "") {
  if (open) return;
  const input = h("input", { type: "password", name: "key", required: true, autofocus: true, placeholder: "lct_…", autocomplete: "current-password", spellcheck: "false" });
  const wrong = h("p", { class: "form-error", role: "alert", hidden: !why }, why);
  const send = h("button", { class: "primary" }, "Sign in");
  const body = h("form", { class: "form" }, h("p", { class: "dim" }, "This server asks for a key. Who runs it makes one with “locant keys” or on the page of keys. It is kept in this tab only."),
    h("label", { class: "field" }, h("span", {}, "Key"), input), wrong, h("div", { class: "row end" }, send));
  const { dialog, closed } = (open = modal("Sign in", body));
  closed.then(() => (open = null));
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      await signIn(input.value.trim());
      dialog.close();
      then();
    } catch (problem) {
      fill(wrong, problem.message);
      wrong.hidden = false;
      input.select();
    }
    send.disabled = false;
  });
}

/** The button that says who is asking, and lets them sign in or out. */
export function accountButton(then) {
  const button = $("#account");
  const { about } = session;
  const isKeyed = Boolean(key.get());
  const caller = about?.caller;
  button.hidden = Boolean(caller) && !isKeyed;
  fill(button, icon("user"), h("span", {}, caller ? `${caller.name || "key"} · ${caller.scope}` : "Sign in"));
  button.setAttribute("aria-label", caller ? "Sign out" : "Sign in");
  button.title = caller ? `Signed in with a key of scope ${caller.scope}. Sign out` : "Sign in with a key";
  button.onclick = () => {
    if (!caller) return askForKey(then);
    key.set("");
    location.reload();
  };
}
