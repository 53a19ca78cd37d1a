// A file by itself, at lines that the address names.

import { filePanel } from "./panel.js";
import { range } from "./format.js";
import { fileHref, go, here, replace } from "./router.js";

export function fileView({ parts }) {
  const panel = filePanel({
    full: true,
    onPlace: (place) => {
      const address = fileHref(place.repository, place.path, place.start, place.end);
      if (!place.picked) return go(address);
      replace(address);
      panel.show(place);
    },
  });
  panel.onClose = () => (history.length > 1 ? history.back() : go("#/"));
  const update = () => {
    const { parts: found, query } = here();
    const [repository, ...path] = found;
    const [start, end] = range(query.get("lines")) ?? [];
    panel.show({ repository, path: path.join("/"), start, end, name: query.get("name") ?? "" }, { focus: true });
  };
  queueMicrotask(update);
  return { element: panel.element, title: parts.at(-1) ?? "File", update, close: panel.onClose };
}
