// Turns a `rich_text` block into the same tree that the text readers give. Pure.

const STYLES = { bold: "bold", italic: "italic", strike: "strike", underline: "underline" };

/** The blocks of a rich_text block; a part that is not known becomes {kind: "unknown", type}. */
export function readRichText(block) {
  return (block.elements ?? []).map(readPart);
}

function readPart(part) {
  switch (part.type) {
    case "rich_text_section":
      return { kind: "lines", nodes: readInline(part.elements) };
    case "rich_text_quote":
      return { kind: "quote", nodes: readInline(part.elements) };
    case "rich_text_preformatted":
      return { kind: "pre", text: (part.elements ?? []).map((element) => element.text ?? element.url ?? "").join("") };
    case "rich_text_list":
      return readList(part);
    default:
      return { kind: "unknown", type: part.type };
  }
}

function readList({ style, indent = 0, offset = 0, elements = [] }) {
  const items = elements.map((element) => ({ done: null, blocks: [{ kind: "paragraph", nodes: readInline(element.elements) }] }));
  return { kind: "list", ordered: style === "ordered", start: offset + 1, indent, items, loose: false };
}

function readInline(elements = []) {
  return elements.flatMap((element) => styled(readElement(element), element.style));
}

function styled(nodes, style = {}) {
  const coded = style.code ? nodes.map((node) => (node.kind === "text" ? { kind: "code", text: node.text } : node)) : nodes;
  const wanted = Object.keys(STYLES).filter((name) => style[name]);
  return wanted.reduce((inside, name) => [{ kind: STYLES[name], nodes: inside }], coded);
}

const ELEMENTS = {
  text: ({ text }) => withBreaks(text),
  link: ({ url, text }) => [{ kind: "link", url, nodes: [{ kind: "text", text: text || url }] }],
  emoji: ({ name, unicode }) => [{ kind: "emoji", name, glyph: glyph(unicode) }],
  user: ({ user_id: id }) => [{ kind: "user", id, label: "" }],
  channel: ({ channel_id: id }) => [{ kind: "channel", id, label: "" }],
  usergroup: ({ usergroup_id: id }) => [{ kind: "group", id, label: "" }],
  broadcast: ({ range }) => [{ kind: "broadcast", range }],
  date: ({ timestamp, format, url = "", fallback = "" }) => [{ kind: "date", ts: timestamp, pattern: format, url, label: fallback }],
  color: ({ value }) => [{ kind: "code", text: value }],
};

function readElement(element) {
  return ELEMENTS[element.type]?.(element) ?? [{ kind: "unknown", type: element.type }];
}

function withBreaks(text) {
  return text.split("\n").flatMap((line, index) => [...(index ? [{ kind: "break" }] : []), { kind: "text", text: line }]);
}

function glyph(unicode) {
  if (!unicode) return undefined;
  return String.fromCodePoint(...unicode.split("-").map((part) => parseInt(part, 16)));
}
