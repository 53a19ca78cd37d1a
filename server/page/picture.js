// The map's SVG, taken in as data: only the shapes that a map is made of are drawn again, in this page's colours.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const ATTRIBUTES = {
  svg: ["viewBox", "preserveAspectRatio"],
  g: [],
  rect: ["class", "x", "y", "width", "height"],
  text: ["class", "x", "y"],
  title: [],
};
const CLASSES = new Set(["folder", "deep", "file", "rest", "hit", "head", "say"]);
const ZOOM = 1.3;
const DEEPEST = 24; // times that a map can be enlarged

// Where the browser guards against markup from strings, this is the one place that reads some; it is never inserted.
const policy = window.trustedTypes?.createPolicy("locant-map", { createHTML: (text) => text });

/** Read a map: {drawing, hits}, or null when it is none. `narrow` takes the drawing for narrow screens. */
export function readMap(source, narrow) {
  const plain = source.replace(/<style>[^<]*<\/style>/, ""); // its own colours; reading them is refused by our policy
  const parsed = new DOMParser().parseFromString(policy ? policy.createHTML(plain) : plain, "image/svg+xml");
  const chosen = parsed.querySelector(narrow ? "svg > svg.narrow" : "svg > svg.wide");
  if (!chosen) return null;
  const drawing = copied(chosen);
  const hits = [...drawing.querySelectorAll("rect.hit > title")].map((title) => title.textContent.split("\n")[0]);
  return { drawing, hits };
}

function copied(node) {
  const element = document.createElementNS(SVG, node.localName);
  for (const name of ATTRIBUTES[node.localName]) if (node.hasAttribute(name)) element.setAttribute(name, name === "class" ? ownClasses(node) : node.getAttribute(name));
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) element.append(document.createTextNode(child.data));
    else if (child.nodeType === Node.ELEMENT_NODE && child.namespaceURI === SVG && Object.hasOwn(ATTRIBUTES, child.localName)) element.append(copied(child));
  }
  return element;
}

const ownClasses = (node) => [...node.classList].filter((name) => CLASSES.has(name)).join(" ");

/** Path of the file that a shape stands for, or "". */
export function fileOf(target) {
  const rect = target.closest("rect.file, rect.hit");
  return rect?.querySelector("title")?.textContent.split("\n")[0] ?? "";
}

/** Wheel, buttons, keys and dragging to enlarge and move a drawing. Returns {zoomIn, zoomOut, fit}. */
export function zoomable(drawing, frame) {
  const whole = drawing.getAttribute("viewBox").split(" ").map(Number);
  let seen = [...whole];
  const show = () => {
    drawing.setAttribute("viewBox", seen.map((value) => value.toFixed(2)).join(" "));
    frame.classList.toggle("zoomed", seen[2] < whole[2]);
  };
  const zoom = (factor, fx = 0.5, fy = 0.5) => {
    const width = Math.min(whole[2], Math.max(whole[2] / DEEPEST, seen[2] / factor));
    const height = (width * whole[3]) / whole[2];
    seen = kept([seen[0] + (seen[2] - width) * fx, seen[1] + (seen[3] - height) * fy, width, height], whole);
    show();
  };
  const move = (dx, dy) => {
    seen = kept([seen[0] + dx, seen[1] + dy, seen[2], seen[3]], whole);
    show();
  };
  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = drawing.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }, { passive: false });
  frame.addEventListener("keydown", (event) => {
    const step = seen[2] / 10;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") zoom(ZOOM);
    else if (event.key === "-") zoom(1 / ZOOM);
    else if (event.key === "0") zoom(1 / DEEPEST);
    else return;
    event.preventDefault();
  });
  drag(frame, (dx, dy) => {
    const box = drawing.getBoundingClientRect();
    move((-dx * seen[2]) / box.width, (-dy * seen[3]) / box.height);
  });
  return { zoomIn: () => zoom(ZOOM), zoomOut: () => zoom(1 / ZOOM), fit: () => zoom(1 / DEEPEST) };
}

const kept = ([x, y, width, height], [left, top, all, high]) => [Math.max(left, Math.min(x, left + all - width)), Math.max(top, Math.min(y, top + high - height)), width, height];

function drag(frame, move) {
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    from = [event.clientX, event.clientY];
    frame.dataset.moved = "";
  });
  frame.addEventListener("pointermove", (event) => {
    if (!from || !(event.buttons & 1)) return;
    const [dx, dy] = [event.clientX - from[0], event.clientY - from[1]];
    if (!frame.dataset.moved && Math.hypot(dx, dy) < 4) return;
    frame.dataset.moved = "yes";
    frame.setPointerCapture(event.pointerId);
    move(dx, dy);
    from = [event.clientX, event.clientY];
  });
  frame.addEventListener("pointerup", () => (from = null));
}

export const legend = () => h("ul", { class: "legend", "aria-hidden": "true" }, [["hit", "found"], ["file", "file, as large as it is important"], ["rest", "smaller files together"]].map(([kind, words]) => h("li", {}, h("span", { class: `swatch ${kind}` }), words)));
