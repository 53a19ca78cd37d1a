// Keys, for admins: made, shown once, revoked.

import { all, del, key, post } from "./api.js";
import { confirmed, copyButton, fill, h, icon, modal, toast } from "./dom.js";
import { age } from "./format.js";
import { isOpen, load, may, session } from "./session.js";

const SCOPES = [["read", "read: ask"], ["write", "write: also add, refresh and remove repositories"], ["admin", "admin: also make and revoke keys"]];

export function keysView() {
  const list = h("div", { class: "keys" });
  const element = h("div", { class: "page" },
    h("header", { class: "page-head" }, h("h1", {}, "Keys"), may("admin") ? h("button", { type: "button", class: "primary", onclick: () => makeDialog(list) }, icon("plus"), "New key") : null),
    h("p", { class: "lead dim" }, isOpen() ? "No key has been made: whoever reaches this machine's loopback address may do everything. The first key ends that." : "Whoever holds a key may do what its scope says, in the repositories that it names."),
    list);
  if (may("admin")) show(list);
  else fill(list, h("p", { class: "state" }, "Only a key of scope admin may see the keys."));
  return { element, title: "Keys" };
}

async function show(list) {
  try {
    const keys = await all("/v1/keys");
    fill(list, keys.length ? table(keys, list) : h("div", { class: "state" }, icon("key"), h("p", {}, "No keys yet.")));
  } catch (problem) {
    fill(list, h("p", { class: "state error", role: "alert" }, problem.message));
  }
}

function table(keys, list) {
  return h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Keys" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Name", "Id", "Scope", "Repositories", "Made", "Last used", ""].map((label) => (label ? h("th", { scope: "col" }, label) : h("td", {}))))),
    h("tbody", {}, keys.map((one) => h("tr", { class: one.revoked_at && "gone" },
      h("td", {}, h("bdi", {}, one.name || "–")), h("td", {}, h("code", {}, one.id)), h("td", {}, h("span", { class: `pill ${one.scope}` }, one.scope)),
      h("td", {}, one.repositories?.length ? one.repositories.join(", ") : "all"), h("td", {}, age(one.created_at)), h("td", {}, one.used_at ? age(one.used_at) : "never"),
      h("td", { class: "end" }, one.revoked_at ? "revoked" : h("button", { type: "button", class: "plain small", "aria-label": `Revoke ${one.name || one.id}`, onclick: () => revoke(one, list) }, "Revoke")))))));
}

async function revoke(one, list) {
  if (!(await confirmed(`Revoke ${one.name || one.id}?`, "Whoever uses this key is refused from now on. This cannot be taken back.", "Revoke"))) return;
  try {
    await del(`/v1/keys/${encodeURIComponent(one.id)}`);
    toast("The key was revoked");
  } catch (problem) {
    toast(problem.message, "error");
  }
  show(list);
}

function makeDialog(list) {
  const name = h("input", { name: "name", required: true, autofocus: true, placeholder: "who or what uses it", autocomplete: "off" });
  // The first key ends that everybody here may do everything, so it has to be one that can make others.
  const scopes = isOpen() ? SCOPES.slice(-1) : SCOPES;
  const scope = h("select", { name: "scope" }, scopes.map(([value, words]) => h("option", { value }, words)));
  const boxes = session.repositories.map((repository) => h("li", {}, h("label", {}, h("input", { type: "checkbox", value: repository.name }), h("bdi", {}, repository.name))));
  const wrong = h("p", { class: "form-error", role: "alert", hidden: true });
  const body = h("form", { class: "form" },
    h("label", { class: "field" }, h("span", {}, "Name"), name), h("label", { class: "field" }, h("span", {}, "Scope"), scope),
    boxes.length ? h("fieldset", {}, h("legend", {}, "Repositories; none ticked is all"), h("ul", { class: "ticks" }, boxes)) : null,
    wrong, h("div", { class: "row end" }, h("button", { class: "primary" }, "Make the key")));
  const { dialog } = modal("New key", body);
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = [...body.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
    try {
      const made = await post("/v1/keys", { name: name.value.trim(), scope: scope.value, repositories: chosen.length ? chosen : null });
      dialog.close();
      if (isOpen()) {
        key.set(made.key); // from now on nobody is answered without one, this page neither
        await load();
      }
      showOnce(made);
      show(list);
    } catch (problem) {
      fill(wrong, problem.message);
      wrong.hidden = false;
    }
  });
}

function showOnce(made) {
  const secret = made.key;
  modal("The new key", h("div", { class: "form" },
    h("p", {}, "Copy it now. It is shown this once; the server keeps only a hash of it."),
    h("div", { class: "secret" }, h("code", { id: "secret" }, secret), copyButton(secret, "Copy the key"))));
}
