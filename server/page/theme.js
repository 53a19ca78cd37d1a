// Dark, light, or as the system has it; the choice is kept in this browser.

import { fill, icon, say } from "./dom.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const SHOWN = { auto: ["auto", "as the system"], light: ["sun", "light"], dark: ["moon", "dark"] };

const chosen = () => document.documentElement.dataset.theme ?? "auto";

function choose(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "auto") localStorage.removeItem("locant.theme");
    else localStorage.setItem("locant.theme", theme);
  } catch {
    // storage is off: the choice holds until the page is closed
  }
}

/** Make a button the switch. */
export function themeSwitch(button) {
  const show = () => {
    const [glyph, words] = SHOWN[chosen()];
    fill(button, icon(glyph));
    button.title = `Theme: ${words}`;
    button.setAttribute("aria-label", `Theme: ${words}. Change it`);
  };
  button.addEventListener("click", () => {
    choose(NEXT[chosen()]);
    show();
    say(`Theme: ${SHOWN[chosen()][1]}`);
  });
  show();
}
