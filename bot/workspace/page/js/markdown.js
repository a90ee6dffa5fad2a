// Reads standard Markdown (Slack's `markdown` block: help articles) into a tree of plain nodes. Pure: rich.js draws the tree.
//
// A line break inside a paragraph stays a line break, as Slack shows it. Raw HTML stays text.

import { BARE_ADDRESS, EMOJI_NAME, REFERENCE, bareLink, isWord, matchAt, readReference, readWith, unescapeText } from "./scan.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^ {0,3}>\s?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(\s+|$)(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** The blocks of a Markdown text, in order. */
export function readMarkdown(text) {
  return readBlocks(String(text ?? "").replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n"));
}

function readBlocks(lines) {
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    if (!lines[at].trim()) {
      at++;
      continue;
    }
    const { block, next } = readBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines, at) {
  const line = lines[at];
  if (FENCE.test(line)) return readFence(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return { block: { kind: "heading", level: heading[1].length, nodes: readInline(heading[2]) }, next: at + 1 };
  if (RULE.test(line)) return { block: { kind: "rule" }, next: at + 1 };
  if (QUOTE.test(line)) return readQuote(lines, at);
  if (ITEM.test(line)) return readList(lines, at);
  if (line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "") && lines[at + 1].includes("-")) return readTable(lines, at);
  return readParagraph(lines, at);
}

function startsBlock(line) {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);
}

function readFence(lines, at) {
  const [, mark] = FENCE.exec(lines[at]);
  const indent = lines[at].search(/\S/);
  const inside = [];
  let next = at + 1;
  while (next < lines.length && !closesFence(lines[next], mark)) inside.push(lines[next++].replace(new RegExp(`^ {0,${indent}}`), ""));
  return { block: { kind: "pre", text: inside.join("\n") }, next: next + 1 };
}

function closesFence(line, mark) {
  const found = /^\s{0,3}(`{3,}|~{3,})\s*$/.exec(line);
  return found !== null && found[1][0] === mark[0] && found[1].length >= mark.length;
}

function readQuote(lines, at) {
  const inside = [];
  let next = at;
  while (next < lines.length && lines[next].trim() && (QUOTE.test(lines[next]) || !startsBlock(lines[next]))) {
    inside.push(lines[next++].replace(QUOTE, ""));
  }
  return { block: { kind: "quote", blocks: readBlocks(inside) }, next };
}

function readParagraph(lines, at) {
  let next = at + 1;
  while (next < lines.length && lines[next].trim() && !startsBlock(lines[next])) next++;
  const text = lines.slice(at, next).map((line) => line.trim().replace(/\\$/, "")).join("\n");
  return { block: { kind: "paragraph", nodes: readInline(text) }, next };
}

/** A list with everything that is indented under its items; a wider gap makes it loose, as in CommonMark. */
function readList(lines, at) {
  const [, indent, marker] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(marker);
  const list = { kind: "list", ordered, start: ordered ? parseInt(marker, 10) : 1, items: [], loose: false };
  const style = marker.slice(-1);
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next]);
    if (!item || RULE.test(lines[next]) || item[2].slice(-1) !== style || item[1].length > indent.length + 1) break;
    const taken = takeItem(lines, next, item);
    list.items.push(readItem(taken.inside));
    list.loose ||= taken.inside.some((line, index) => !line.trim() && startsParagraph(taken.inside[index + 1] ?? ""));
    next = taken.next;
    const gap = skipBlank(lines, next);
    const follows = ITEM.exec(lines[gap] ?? "");
    if (gap > next && follows && follows[2].slice(-1) === style && follows[1].length <= indent.length + 1) {
      list.loose = true;
      next = gap;
    }
  }
  return { block: list, next };
}

function startsParagraph(line) {
  return /^\S/.test(line) && !ITEM.test(line);
}

/** The lines of one item, its own indentation taken off: indented ones, blank ones between them, and lazy continuations. */
function takeItem(lines, at, [, indent, marker, space, rest]) {
  const wide = indent.length + marker.length + (space.length > 4 || !space ? 1 : space.length);
  const least = indent.length + 2;
  const inside = [rest];
  let next = at + 1;
  while (next < lines.length) {
    const own = lines[next].search(/\S/);
    if (own < 0) {
      const after = skipBlank(lines, next);
      if (after >= lines.length || lines[after].search(/\S/) < least) break;
      inside.push("");
    } else if (own >= least) {
      inside.push(lines[next].slice(Math.min(own, wide)));
    } else if (startsBlock(lines[next]) || !inside[inside.length - 1].trim()) {
      break;
    } else {
      inside.push(lines[next].trim());
    }
    next++;
  }
  return { inside, next };
}

function skipBlank(lines, at) {
  while (at < lines.length && !lines[at].trim()) at++;
  return at;
}

function readItem(inside) {
  const task = /^\[([ xX])\]\s+/.exec(inside[0]);
  const lines = task ? [inside[0].slice(task[0].length), ...inside.slice(1)] : inside;
  return { done: task ? task[1] !== " " : null, blocks: readBlocks(lines) };
}

function readTable(lines, at) {
  const align = cells(lines[at + 1]).map((cell) => (/^:.*:$/.test(cell) ? "center" : cell.endsWith(":") ? "right" : "left"));
  const rows = [];
  let next = at + 2;
  while (next < lines.length && lines[next].trim() && lines[next].includes("|")) rows.push(cells(lines[next++]).map(readInline));
  return { block: { kind: "table", align, head: cells(lines[at]).map(readInline), rows }, next };
}

function cells(line) {
  const trimmed = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return trimmed.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

/** The inline nodes of a Markdown text. */
export function readInline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push({ kind: "text", text: unescapeText(plain) });
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const escaped = text[at] === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "");
    const found = escaped ? null : readAt(text, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += escaped ? text[at + 1].replace("&", "&amp;") : text[at];
      at += escaped ? 2 : 1;
    }
  }
  flush();
  return nodes;
}

function readAt(text, at) {
  switch (text[at]) {
    case "\n":
      return { node: { kind: "break" }, end: at + 1 };
    case "`":
      return readCode(text, at);
    case "<":
      return readWith(REFERENCE, text, at, (match) => readReference(match[1]));
    case "!":
      return text[at + 1] === "[" ? readLink(text, at + 1, (nodes) => ({ kind: "image", alt: plainText(nodes) })) : null;
    case "[":
      return readLink(text, at, (nodes, url) => ({ kind: "link", url, nodes }));
    case "*":
    case "_":
    case "~":
      return readStyled(text, at);
    case ":":
      return readWith(EMOJI_NAME, text, at, (match) => ({ kind: "emoji", name: match[1] }));
    case "h":
      return isWord(text[at - 1]) ? null : readWith(BARE_ADDRESS, text, at, bareLink);
    default:
      return null;
  }
}

function readCode(text, at) {
  const ticks = /`+/y;
  ticks.lastIndex = at;
  const [mark] = ticks.exec(text);
  const start = at + mark.length;
  for (let end = text.indexOf(mark, start); end >= 0; end = text.indexOf(mark, end + 1)) {
    if (text[end - 1] === "`" || text[end + mark.length] === "`") continue;
    return { node: { kind: "code", text: trimTick(text.slice(start, end)) }, end: end + mark.length };
  }
  return { node: { kind: "text", text: mark }, end: start };
}

function trimTick(code) {
  return unescapeText(/^ .*[^ ].* $/s.test(code) ? code.slice(1, -1) : code).replace(/\n/g, " ");
}

const LINK_TARGET = /\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y;

/** [words](address "title"): the words may hold brackets and styles, the address balanced parentheses. */
function readLink(text, at, build) {
  let depth = 0;
  for (let end = at; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "[") depth++;
    else if (text[end] === "]" && --depth === 0) {
      const target = matchAt(LINK_TARGET, text, end + 1);
      if (!target) return null;
      const nodes = readInline(text.slice(at + 1, end));
      return { node: build(nodes, target[1]), end: end + 1 + target[0].length };
    }
  }
  return null;
}

const KINDS = { "***": ["bold", "italic"], "**": ["bold"], "__": ["bold"], "*": ["italic"], _: ["italic"], "~~": ["strike"] };

function readStyled(text, at) {
  const [run] = /^(\*{1,3}|_{1,2}|~~?)/.exec(text.slice(at));
  for (let size = run.length; size > 0; size--) {
    const mark = run.slice(0, size);
    const end = mark in KINDS ? closing(text, at, mark) : -1;
    if (end < 0) continue;
    const inside = readInline(text.slice(at + size, end));
    const node = KINDS[mark].reduceRight((nodes, kind) => [{ kind, nodes }], inside)[0];
    return { node, end: end + size };
  }
  return { node: { kind: "text", text: run }, end: at + run.length };
}

function closing(text, at, mark) {
  const start = at + mark.length;
  if (!text[start] || /\s/.test(text[start]) || (mark[0] === "_" && isWord(text[at - 1]))) return -1;
  for (let end = start; end < text.length;) {
    if (text[end] === "\\") end += 2;
    else if (text[end] === "`") end = readCode(text, end).end;
    else if (end > start && closesAt(text, end, mark)) return end;
    else end += text[end] === mark[0] ? runLength(text, end) : 1;
  }
  return -1;
}

function closesAt(text, end, mark) {
  if (!text.startsWith(mark, end) || /\s/.test(text[end - 1])) return false;
  const run = runLength(text, end);
  const after = text[end + run];
  return (run === mark.length || run >= 3) && !(mark[0] === "_" && isWord(after));
}

function runLength(text, at) {
  let end = at;
  while (text[end] === text[at]) end++;
  return end - at;
}

function plainText(nodes) {
  return nodes.map((node) => node.text ?? plainText(node.nodes ?? [])).join("");
}
