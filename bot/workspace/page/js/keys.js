// The keys that work anywhere on the page, and the card that lists them.

import { Dialog } from "./dialog.js";
import { roomName } from "./place.js";
import { channelInSight, current, go, visit } from "./store.js";
import { personForKey, showPeople } from "./viewer.js";
import { html, useEffect } from "./ui.js";

/** Listens while mounted; `onHelp` opens the card. */
export function useGlobalKeys(onHelp) {
  useEffect(() => {
    const keys = (event) => handle(event, onHelp);
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [onHelp]);
}

function handle(event, onHelp) {
  const busy = event.defaultPrevented || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]");
  if (busy || !current().view) return;
  const writing = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (writing && !event.altKey && event.key !== "F6") return;
  if (runs(event, onHelp)) event.preventDefault();
}

function runs(event, onHelp) {
  const person = personForKey(keyOf(event), current().view.people);
  if (person) return done(visit(person.id));
  if (event.key === "F6") return done(nextRegion(event.shiftKey ? -1 : 1));
  if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) return done(nextRoom(event.key === "ArrowDown" ? 1 : -1));
  if (event.code === "KeyP") return done(showPeople());
  if (event.altKey) return false;
  if (event.key === "?") return done(onHelp());
  if (event.key === "c" || event.key === "/") return done(document.querySelector("[data-testid=composer]")?.focus());
  if (event.key === "Escape" && current().place.thread) return done(go({ thread: "" }));
  return false;
}

function done() {
  return true;
}

// With Alt some systems put another character on a number key, so the key's place counts.
function keyOf({ key, code, altKey, shiftKey }) {
  if (shiftKey) return "";
  if (!altKey) return key;
  return code.startsWith("Digit") ? code.slice(5) : { Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]" }[code];
}

function nextRoom(step) {
  const { view } = current();
  const all = [...document.querySelectorAll(".sidebar [data-channel]")].map((entry) => entry.dataset.channel);
  const at = all.indexOf(channelInSight()?.id);
  const channel = view.channels.find(({ id }) => id === all[(at + step + all.length) % all.length]);
  if (channel) go({ room: roomName(channel, view.people) });
}

const REGIONS = [
  "[data-testid=viewer]",
  ".clockbar button",
  ".sidebar .entry[tabindex='0']",
  "[data-testid=room-messages] article[tabindex='0'], [data-testid=home]",
  "[data-testid=composer]",
  "[data-testid=thread-messages] article[tabindex='0']",
  "[data-testid=thread-composer]",
];

function nextRegion(step) {
  const stops = REGIONS.map((selector) => document.querySelector(selector)).filter((stop) => stop?.checkVisibility());
  const at = stops.findIndex((stop) => stop.closest(FRAMES)?.contains(document.activeElement) && stop.closest(FRAMES) !== document.body);
  stops[(at + step + stops.length) % stops.length]?.focus();
}

const FRAMES = ".viewer, .clockbar, .sidebar, .scroller, .composer";

const HELP = [
  ["1 … 9, 0, - = [ ]", "look through that person's eyes (with Alt inside a text field)"],
  ["P", "list of people (Alt+P inside a text field)"],
  ["Alt+↑, Alt+↓", "channel above or below"],
  ["F6", "next part of the page"],
  ["C or /", "write a message"],
  ["↑ ↓", "from message to message"],
  ["Enter or T", "open the thread of the message"],
  ["E, M", "edit the message, open its menu"],
  ["↑ in an empty field", "edit your last message"],
  ["Esc", "close what is open"],
];

export function KeysCard({ onClose }) {
  return html`<${Dialog} title="Keyboard shortcuts" onClose=${onClose} className="narrow" testId="keys">
    <div class="dialog-body"><dl class="keys">${HELP.map(([key, does]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl></div>
  <//>`;
}
