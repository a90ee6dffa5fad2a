// What both text readers share: entities, <…> references, safe addresses, bare addresses. Pure text work, no drawing.

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The three entities of Slack's escaped text (and the few that Markdown writers use) as characters. */
export function unescapeText(text) {
  return text.replace(/&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,6}));/g, (_all, name, number) =>
    name ? NAMED[name] : String.fromCodePoint(Math.min(Number(number), 0x10ffff)));
}

/** The address if a click on it is harmless (web, mail or telephone), else null. */
export function safeAddress(address) {
  const plain = unescapeText(String(address ?? "")).trim();
  return /^(https?:\/\/|mailto:|tel:)[^\s]+$/i.test(plain) ? plain : null;
}

export const BARE_ADDRESS = /https?:\/\/[^\s<>]*[^\s<>.,:;!?'"()[\]{}*_~]/iy;
export const EMOJI_NAME = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/iy;
export const REFERENCE = /<((?:[@#!]|https?:|mailto:|tel:)[^<>\n]+)>/y;

/** The match of a sticky expression at a place, or null. */
export function matchAt(expression, text, index) {
  expression.lastIndex = index;
  return expression.exec(text);
}

/** {node, end} of what a sticky expression finds at `at`, built by `build`; null when it finds nothing. */
export function readWith(expression, text, at, build) {
  const match = matchAt(expression, text, at);
  return match && { node: build(match), end: at + match[0].length };
}

export function bareLink([address]) {
  return { kind: "link", url: address, nodes: [{ kind: "text", text: unescapeText(address) }] };
}

export function isWord(character) {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** One node for the inside of "<…>": a person, a channel, a moment, a broadcast, a group or a link. */
export function readReference(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescapeText(inside.slice(bar + 1));
  if (target.startsWith("@")) return { kind: "user", id: target.slice(1), label };
  if (target.startsWith("#")) return { kind: "channel", id: target.slice(1), label };
  if (target.startsWith("!")) return readSpecial(target.slice(1), label);
  return { kind: "link", url: target, nodes: [{ kind: "text", text: label || shown(target) }] };
}

function readSpecial(command, label) {
  const [name, first = "", second = "", link = ""] = command.split("^");
  if (name === "date") return { kind: "date", ts: Number(first), pattern: unescapeText(second), url: link, label };
  if (name === "subteam") return { kind: "group", id: first, label };
  if (["here", "channel", "everyone"].includes(name)) return { kind: "broadcast", range: name };
  return { kind: "text", text: label || `<!${command}>` };
}

function shown(address) {
  return unescapeText(address.replace(/^(mailto|tel):/, ""));
}
