// A person's round initials or the app's mark, in that person's own colour with letters that can be read on it.

import { Mark } from "./icons.js";
import { html, names } from "./ui.js";

/** `size`: "tiny", "small", "" (36 px) or "large". Decoration: the name always stands beside it. */
export function Avatar({ person, size = "" }) {
  if (person?.role === "app") return html`<span class=${names("avatar app", size)} aria-hidden="true"><${Mark} size=${36} /></span>`;
  const colour = person?.colour ?? "#5b6770";
  const paint = { background: colour, color: letterColour(colour) };
  return html`<span class=${names("avatar", size)} style=${paint} aria-hidden="true">${initials(person)}</span>`;
}

function initials(person) {
  const words = (person?.real_name || person?.name || "?").split(/\s+/);
  return (words[0][0] + (words.length > 1 ? words[words.length - 1][0] : "")).toUpperCase();
}

/** Dark or white letters, whichever contrasts more with the colour (WCAG relative luminance). */
function letterColour(colour) {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = channels.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.0527 ? "#fff" : "#10191c";
}
