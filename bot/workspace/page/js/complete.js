// What the composer offers while somebody types "/", ":", "@" or "#". Pure: text, caret and world in, suggestions out.

import { emojiLike } from "./emoji.js";

const MOST = 8;

/** {from, options: [{key, label, hint, insert}]} for the word at the caret, or null. Commands only open a message. */
export function completions(text, caret, { commands, people, channels, inThread }) {
  const before = text.slice(0, caret);
  const command = /^\/[\w-]*$/.exec(before);
  if (command && !inThread) return offer(0, commandsLike(commands, before));
  const word = /(^|[\s(])([:@#])([\w+'-]*)$/.exec(before);
  if (!word) return null;
  const [, , mark, typed] = word;
  const from = caret - typed.length - 1;
  if (mark === ":") return typed.length < 2 ? null : offer(from, emoji(typed));
  return offer(from, mark === "@" ? persons(people, typed) : rooms(channels, typed));
}

function offer(from, options) {
  return options.length ? { from, options: options.slice(0, MOST) } : null;
}

function commandsLike(commands, typed) {
  return commands.filter(({ command }) => command.startsWith(typed)).map(({ command, description, usage_hint: usage }) => ({
    key: command, label: [command, usage].filter(Boolean).join(" "), hint: description, insert: `${command} `,
  }));
}

function emoji(typed) {
  return emojiLike(typed, MOST).map(([name, glyph]) => ({ key: name, label: `${glyph} :${name}:`, hint: "", insert: `:${name}: ` }));
}

function persons(people, typed) {
  const wanted = typed.toLowerCase();
  const found = Object.values(people).filter(({ name, real_name: real }) => `${name} ${real}`.toLowerCase().includes(wanted));
  return found.map(({ id, name, real_name: real, title }) => ({
    key: id, label: `@${name}`, hint: [real, title].filter(Boolean).join(", "), insert: `@${name} `,
  }));
}

function rooms(channels, typed) {
  const found = channels.filter(({ kind, name }) => kind === "channel" && name.includes(typed.toLowerCase()));
  return found.map((channel) => ({ key: channel.id, label: `#${channel.name}`, hint: channel.topic, insert: `#${channel.name} ` }));
}
