// Runs before anything is drawn, so that a chosen theme does not flash: the only script that blocks.
(() => {
  try {
    const theme = localStorage.getItem("locant.theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch {
    // storage is off: the system's theme is used
  }
})();
