// The choice of light, dark or the system's theme, kept in this browser. theme.js applies it before the first paint.

const KEY = "workspace.theme";
const ORDER = ["auto", "light", "dark"];

/** "auto", "light" or "dark". */
export function theme() {
  return document.documentElement.dataset.theme ?? "auto";
}

/** Changes to the theme after the present one and returns it. */
export function nextTheme() {
  const next = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser that keeps nothing still shows the theme until the page is left.
  }
  return next;
}
