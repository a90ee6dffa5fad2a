// Small line drawings, one path each, drawn in the colour of the text around them. Decoration: hidden from screen readers.

import { html } from "./ui.js";

const PATHS = {
  back: "M12.5 4.5 7 10l5.5 5.5",
  close: "M5 5l10 10M15 5 5 15",
  down: "M5 7.5 10 12.5 15 7.5",
  lock: "M6 9V7a4 4 0 0 1 8 0v2M5 9h10v7H5z",
  plus: "M10 4v12M4 10h12",
  send: "M3.5 10 16.5 4 13 16.5 9.5 11.5zM9.5 11.5 16.5 4",
  smile: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM7.2 12c1.5 2 4.1 2 5.6 0M7.7 8v.01M12.3 8v.01",
  more: "M4.5 9.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM10 9.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM15.5 9.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2z",
  reply: "M4 5h12v8H9l-3.5 3V13H4z",
  bulb: "M7.5 13.5h5M8.2 16.5h3.6M10 3a5 5 0 0 0-2.5 9.3v1.2h5v-1.2A5 5 0 0 0 10 3z",
  copy: "M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4",
  image: "M3.5 4.5h13v11h-13zM3.5 13l3.8-3.8 3.2 3.2 2.2-2.2 3.8 3.8M12.8 7.5v.01",
  eye: "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM10 7.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z",
  sun: "M10 6.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1",
  moon: "M16 12.2A6.5 6.5 0 0 1 7.8 4a6.5 6.5 0 1 0 8.2 8.2z",
  auto: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM10 3v14M10 6l4.9-.01M10 10h7M10 14h5",
  clock: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM10 6v4l2.8 2",
  keys: "M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.8h7",
  pen: "M4 16l.8-3.4L13.2 4.2l2.6 2.6-8.4 8.4z",
  bolt: "M11 2.5 4.5 11.5H10l-1 6 6.5-9H10z",
  people: "M7.5 4a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM2.5 16c0-3 2.2-4.6 5-4.6s5 1.6 5 4.6M13 4.6a2.6 2.6 0 0 1 0 4.8M14.5 11.8c1.9.5 3 2 3 4.2",
  trash: "M4.5 6h11M8 6V4h4v2M6 6l.7 10h6.6L14 6",
};

/** A 20-unit line icon; a line of length .01 is a dot. */
export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" viewBox="0 0 20 20" width=${size} height=${size} fill="none" stroke="currentColor" stroke-width="1.6"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}

/** The workspace's own mark: a speech bubble that looks back. */
export function Mark({ size = 28 }) {
  return html`<svg class="mark" viewBox="0 0 32 32" width=${size} height=${size} aria-hidden="true" focusable="false">
    <rect class="mark-ground" width="32" height="32" rx="9" />
    <path class="mark-bubble" d="M16 6a9.5 9.5 0 1 1-5.5 17.2L6 25l1.7-4.7A9.5 9.5 0 0 1 16 6z" />
    <circle class="mark-ring" cx="16" cy="15.5" r="4.5" />
    <circle class="mark-eye" cx="16" cy="15.5" r="1.6" />
  </svg>`;
}
