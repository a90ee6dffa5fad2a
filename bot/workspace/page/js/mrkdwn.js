// Reads Slack's mrkdwn into a tree of plain nodes. Pure: rich.js draws the tree, so nothing here can put markup on the page.
//
// Text arrives escaped (&amp; &lt; &gt;). Blocks are {kind: "lines" | "quote" | "pre"}; inline nodes are listed in rich.js.

import { BARE_ADDRESS, EMOJI_NAME, REFERENCE, bareLink, isWord, readReference, readWith, unescapeText } from "./scan.js";

const STYLES = { "*": "bold", _: "italic", "~": "strike" };

/** The blocks of a mrkdwn text, in order. */
export function readMrkdwn(text) {
  return String(text ?? "").split(/```([\s\S]+?)```/).flatMap((part, index) =>
    index % 2 ? [{ kind: "pre", text: readPre(part) }] : readLines(part, index > 0));
}

function readPre(text) {
  return unescapeText(withoutReferences(text.replace(/^\n/, "").replace(/\n$/, "")));
}

// Inside code a link shows as its words.
function withoutReferences(text) {
  return text.replace(/<([^<>|\n]+)(?:\|([^<>\n]*))?>/g, (_all, target, label) => label || target);
}

const QUOTE = /^(?:&gt;|>)(?!&gt;&gt;|>>) ?/;
const LONG_QUOTE = /^(?:&gt;&gt;&gt;|>>>) ?/;

function readLines(text, afterPre) {
  const trimmed = afterPre ? text.replace(/^\n/, "") : text;
  const blocks = [];
  const lines = trimmed === "" ? [] : trimmed.replace(/\n$/, "").split("\n");
  for (let at = 0; at < lines.length; at++) {
    if (LONG_QUOTE.test(lines[at])) {
      lines[at] = lines[at].replace(LONG_QUOTE, "");
      addLine(blocks, "quote", lines.slice(at).join("\n"));
      break;
    }
    if (QUOTE.test(lines[at])) addLine(blocks, "quote", lines[at].replace(QUOTE, ""));
    else addLine(blocks, "lines", lines[at]);
  }
  return blocks.map(({ kind, lines: own }) => ({ kind, nodes: readInline(own.join("\n")) }));
}

function addLine(blocks, kind, line) {
  const last = blocks[blocks.length - 1];
  if (last?.kind === kind) last.lines.push(line);
  else blocks.push({ kind, lines: [line] });
}

/** The inline nodes of a text. */
export function readInline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push({ kind: "text", text: unescapeText(plain) });
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const found = readAt(text, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += text[at++];
    }
  }
  flush();
  return nodes;
}

/** The special node that starts at `at`, with the place after it; null for an ordinary character. */
function readAt(text, at) {
  const character = text[at];
  if (character === "\n") return { node: { kind: "break" }, end: at + 1 };
  if (character === "`") return readCode(text, at);
  if (character === "<") return readWith(REFERENCE, text, at, (match) => readReference(match[1]));
  if (character === ":") return readWith(EMOJI_NAME, text, at, (match) => ({ kind: "emoji", name: match[1] }));
  if (character in STYLES) return readStyled(text, at);
  if ((character === "h" || character === "H") && !isWord(text[at - 1])) return readWith(BARE_ADDRESS, text, at, bareLink);
  return null;
}

const CODE = /`([^`\n]+)`/y;

function readCode(text, at) {
  return readWith(CODE, text, at, (match) => ({ kind: "code", text: unescapeText(withoutReferences(match[1])) }));
}

/** *bold*, _italic_ or ~strike~: the marks hug the words from inside and stand free outside, on one line. */
function readStyled(text, at) {
  const mark = text[at];
  if (isWord(text[at - 1]) || text[at - 1] === mark || !text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === mark) return null;
  const end = closing(text, at + 1, mark);
  if (end < 0) return null;
  return { node: { kind: STYLES[mark], nodes: readInline(text.slice(at + 1, end)) }, end: end + 1 };
}

function closing(text, from, mark) {
  for (let at = from; at < text.length && text[at] !== "\n";) {
    const skipped = text[at] === "`" || text[at] === "<" ? readAt(text, at) : null;
    if (skipped) {
      at = skipped.end;
      continue;
    }
    if (text[at] === mark && at > from && !/\s/.test(text[at - 1]) && !isWord(text[at + 1]) && text[at + 1] !== mark) return at;
    at++;
  }
  return -1;
}
