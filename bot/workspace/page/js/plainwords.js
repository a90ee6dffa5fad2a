// A message's text as words alone, for what is spoken instead of drawn: names for references, moments in the listener's zone.

import { fillDate } from "./clock.js";
import { readMrkdwn } from "./mrkdwn.js";

/** `world` is {people, channels, groups, me}; `now` in seconds since 1970. */
export function plainWords(text, world, now) {
  const said = (node) => (WORDS[node.kind] ?? WORDS.text)(node, world, now);
  return readMrkdwn(text).map(({ text: code, nodes }) => code ?? nodes.map(said).join("")).join(" ").replace(/\s+/g, " ").trim();
}

const inside = ({ nodes }, world, now) => nodes.map((node) => (WORDS[node.kind] ?? WORDS.text)(node, world, now)).join("");

const WORDS = {
  text: ({ text = "" }) => text,
  code: ({ text }) => text,
  break: () => " ",
  bold: inside, italic: inside, strike: inside, link: inside,
  emoji: ({ name }) => `:${name}:`,
  user: ({ id, label }, { people }) => `@${people[id]?.real_name || label || "someone"}`,
  channel: ({ id, label }, { channels }) => `#${channels[id] || label || "private channel"}`,
  group: ({ id, label }, { groups }) => groupName(groups[id], label),
  broadcast: ({ range }) => `@${range}`,
  date: ({ ts, pattern, label }, { me }, now) => fillDate(ts, pattern, me, now) ?? (label || "a date"),
};

/** "@queue-network": the group's own handle; of a group that is not here, the label that the app gave. */
export function groupName(handle, label) {
  return `@${(handle || label || "group").replace(/^@/, "")}`;
}
