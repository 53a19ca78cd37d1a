// Elements made without markup: every string becomes a text node, so nothing that a repository holds is ever parsed.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "rect", "g", "text", "title"]);

/**
 * Make an element: `h("a", {class: "x", href: "#", onclick: f}, "text", child, null)`.
 * Values of null, undefined and false leave an attribute out; `class` may be a list.
 */
export function h(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  append(element, children);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.setAttribute("class", [value].flat().filter(Boolean).join(" "));
  else if (name === "width%") element.style.width = `${value}%`;
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Put children in place of what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

export const $ = (selector, within = document) => within.querySelector(selector);

const PATHS = {
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13.2 13.2l4 4",
  close: "M5 5l10 10M15 5 5 15",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M4 16l1.4-1.4M14.6 5.4 16 4",
  moon: "M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z",
  auto: "M10 2.5a7.5 7.5 0 1 0 0 15zM10 2.5a7.5 7.5 0 0 1 0 15",
  copy: "M7 7h10v10H7zM4 13H3V3h10v1",
  check: "m4 10.5 4 4 8-9",
  open: "M8 4H4v12h12v-4M11.5 3.5h5v5M16 4l-7 7",
  refresh: "M16.5 10a6.5 6.5 0 1 1-2-4.7M16.5 2.5v4h-4",
  trash: "M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  fit: "M3.5 7.5v-4h4M16.5 7.5v-4h-4M3.5 12.5v4h4M16.5 12.5v4h-4",
  back: "M12 4 6 10l6 6",
  down: "m5 7.5 5 5 5-5",
  filter: "M3 4.5h14l-5.5 6.5v5l-3-1.5V11z",
  file: "M5 2.5h6.5l4 4v11H5zM11.5 2.5v4h4",
  stop: "M5.5 5.5h9v9h-9z",
  alert: "M10 3 18 16.5H2zM10 8v4M10 14.2h.01",
  user: "M10 3.5a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM3.8 17c.6-3.2 3-5 6.2-5s5.6 1.8 6.2 5",
  key: "M6.5 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM9 11l7.5-7.5M13.5 6.5l2.5 2.5",
  text: "M3.5 5h13M3.5 9h13M3.5 13h8",
  target: "M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM10 1.5v3M10 15.5v3M1.5 10h3M15.5 10h3M10 9.4v1.2",
};

/** One of the icons above; it says nothing by itself, so its button needs a label. */
export function icon(name) {
  return h("svg", { viewBox: "0 0 20 20", class: "glyph", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));
}

/** Tell a screen reader what has happened. */
export function say(text) {
  $("#said").textContent = text;
}

/** A message that goes away by itself; errors stay until they are closed. */
export function toast(text, kind = "note") {
  const close = h("button", { type: "button", class: "ghost icon", "aria-label": "Close", onclick: () => box.remove() }, icon("close"));
  const box = h("div", { class: ["toast", kind], role: kind === "error" ? "alert" : "status" }, h("p", {}, text), close);
  $("#toasts").append(box);
  if (kind !== "error") setTimeout(() => box.remove(), 4000);
}

/** A button that copies a text and says so. */
export function copyButton(text, label = "Copy") {
  const button = h("button", { type: "button", class: "ghost icon", "aria-label": label, title: label }, icon("copy"));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "function" ? text() : text);
      fill(button, icon("check"));
      say("Copied");
    } catch {
      toast("The browser does not let this page copy; select the text instead.", "error");
    }
    setTimeout(() => fill(button, icon("copy")), 1500);
  });
  return button;
}

/** A modal dialog; it is taken out of the page when it closes. Resolves to its return value. */
export function modal(title, body, { wide = false } = {}) {
  const close = h("button", { type: "button", class: "ghost icon", "aria-label": "Close" }, icon("close"));
  const head = h("header", {}, h("h2", { id: "dialog-title" }, title), close);
  const dialog = h("dialog", { class: wide ? "wide" : "", "aria-labelledby": "dialog-title" }, head, body);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    }),
  );
  return { dialog, closed };
}

/** Ask before something that cannot be taken back; true when it is to be done. */
export async function confirmed(title, text, action) {
  const body = h("form", { method: "dialog", class: "form" },
    h("p", {}, text),
    h("div", { class: "row end" },
      h("button", { class: "plain", value: "" }, "Cancel"),
      h("button", { class: "danger", value: "yes" }, action)));
  return (await modal(title, body).closed) === "yes";
}
