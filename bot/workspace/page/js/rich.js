// Draws the trees that mrkdwn.js, markdown.js and richtext.js read. Text becomes text nodes only; no string is ever parsed as HTML.
//
// Inline kinds: text, break, bold, italic, strike, underline, code, link, user, channel, group, broadcast, date, emoji, image.
// Block kinds: lines, paragraph, heading, quote, pre, rule, list, table.

import { capital, fillDate, fullMoment } from "./clock.js";
import { glyphFor } from "./emoji.js";
import { Icon } from "./icons.js";
import { readMarkdown } from "./markdown.js";
import { readMrkdwn } from "./mrkdwn.js";
import { roomName } from "./place.js";
import { groupName } from "./plainwords.js";
import { safeAddress } from "./scan.js";
import { current, go, goToLink } from "./store.js";
import { html, memo, names } from "./ui.js";
import { useClock, useWorld } from "./world.js";

/** Slack's own markup: messages, sections, contexts. */
export const Mrkdwn = memo(({ text }) => html`<div class="rich">${readMrkdwn(text).map(drawBlock)}</div>`);

/** Standard Markdown: help articles. */
export const Markdown = memo(({ text }) => html`<div class="rich article">${readMarkdown(text).map(drawBlock)}</div>`);

/** A plain_text or mrkdwn object of Block Kit, inline where it is plain. */
export function TextObject({ text }) {
  if (!text) return null;
  if (text.type === "mrkdwn") return html`<${Mrkdwn} text=${text.text} />`;
  return html`<span class="plain"><${Plain} text=${text.text} emoji=${text.emoji !== false} /></span>`;
}

/** Plain text with its emoji names drawn and its line breaks kept. */
export function Plain({ text, emoji = true }) {
  const parts = emoji ? String(text ?? "").split(/(:[a-z0-9_+'-]+:)/i) : [String(text ?? "")];
  return parts.map((part) => (/^:.+:$/.test(part) && glyphFor(part.slice(1, -1)) ? html`<${Emoji} name=${part.slice(1, -1)} />` : part));
}

export function Blocks({ blocks }) {
  return html`<div class="rich">${blocks.map(drawBlock)}</div>`;
}

const BLOCKS = {
  lines: ({ nodes }) => html`<p>${nodes.map(drawNode)}</p>`,
  paragraph: ({ nodes }) => html`<p>${nodes.map(drawNode)}</p>`,
  heading: ({ level, nodes }) => html`<p class=${`heading level-${level}`} role="heading" aria-level=${Math.min(level + 2, 6)}>
    ${nodes.map(drawNode)}</p>`,
  quote: ({ nodes, blocks }) => html`<blockquote>${nodes ? html`<p>${nodes.map(drawNode)}</p>` : blocks.map(drawBlock)}</blockquote>`,
  pre: ({ text }) => html`<pre tabindex="0"><code>${text}</code></pre>`,
  rule: () => html`<hr />`,
  list: drawList,
  table: drawTable,
};

export function drawBlock(block) {
  return (BLOCKS[block.kind] ?? Unknown)(block);
}

/** A kind that this page cannot draw, said in plain sight: a test fails on it, a person is not misled. */
export function Unknown({ type }) {
  const name = type || "a block without a type";
  return html`<div class="unknown-block" data-unknown-block=${name}>This page cannot show “${name}” yet.</div>`;
}

function drawList({ ordered, start, items, loose, indent = 0 }) {
  const drawn = items.map(({ done, blocks }) => html`<li class=${names(done !== null && done !== undefined && "task")}>
    ${done !== null && done !== undefined && html`<input type="checkbox" checked=${done} disabled aria-label=${done ? "done" : "to do"} />`}
    ${blocks.map((block) => (!loose && block.kind === "paragraph" ? html`<span>${block.nodes.map(drawNode)}</span>` : drawBlock(block)))}
  </li>`);
  const place = names(indent > 0 && `indent-${Math.min(indent, 6)}`);
  return ordered ? html`<ol start=${start} class=${place}>${drawn}</ol>` : html`<ul class=${place}>${drawn}</ul>`;
}

function drawTable({ align, head, rows }) {
  const cell = (tag) => (nodes, index) => html`<${tag} class=${`align-${align[index] ?? "left"}`}>${nodes.map(drawNode)}<//>`;
  return html`<div class="table-frame" tabindex="0" role="group" aria-label="Table"><table>
    <thead><tr>${head.map(cell("th"))}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map(cell("td"))}</tr>`)}</tbody>
  </table></div>`;
}

const NODES = {
  text: ({ text }) => text,
  break: () => html`<br />`,
  bold: ({ nodes }) => html`<strong>${nodes.map(drawNode)}</strong>`,
  italic: ({ nodes }) => html`<em>${nodes.map(drawNode)}</em>`,
  strike: ({ nodes }) => html`<s>${nodes.map(drawNode)}</s>`,
  underline: ({ nodes }) => html`<u>${nodes.map(drawNode)}</u>`,
  code: ({ text }) => html`<code>${text}</code>`,
  emoji: ({ name, glyph }) => html`<${Emoji} name=${name} glyph=${glyph} />`,
  image: ({ alt }) => html`<span class="image-inline"><${Icon} name="image" size=${14} />${alt || "picture"}</span>`,
  link: drawLink,
  user: (node) => html`<${Person} ...${node} />`,
  channel: (node) => html`<${Channel} ...${node} />`,
  group: (node) => html`<${Group} ...${node} />`,
  broadcast: ({ range }) => html`<span class="mention">@${range}</span>`,
  date: (node, opens) => html`<${Moment} ...${node} opens=${opens} />`,
};

/** One inline node; `index` and `nodes` (as map gives them) tell a date whether it opens a line. */
export function drawNode(node, index, nodes) {
  return (NODES[node.kind] ?? Unknown)(node, index === 0 || nodes?.[index - 1]?.kind === "break");
}

function drawLink({ url, nodes }) {
  const address = safeAddress(url);
  const words = nodes.map(drawNode);
  if (!address) return html`<span>${words}</span>`;
  if (isOurs(address)) return html`<a href=${address} title=${address} onClick=${(event) => openHere(event, address)}>${words}</a>`;
  return html`<a href=${address} target="_blank" rel="noopener noreferrer" title=${address}>${words}</a>`;
}

function isOurs(address) {
  return address.startsWith(`${location.origin}/archives/`);
}

/** A link to a message of this workspace is followed on this page, as whoever looks. */
function openHere(event, address) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goToLink(address);
}

/** A named emoji as its glyph; a name that is not known stays as it was written. */
export function Emoji({ name, glyph }) {
  const found = glyph || glyphFor(name);
  if (!found) return html`<span>:${name}:</span>`;
  return html`<span class="emoji" role="img" aria-label=${name} title=${`:${name}:`}>${found}</span>`;
}

function Person({ id, label }) {
  const { people, me } = useWorld();
  const person = people[id];
  const about = person ? [person.real_name, person.title, person.country].filter(Boolean).join(", ") : "";
  return html`<span class=${names("mention", id === me.id && "mention-me")} title=${about}>@${person?.real_name || label || "someone"}</span>`;
}

function Channel({ id, label }) {
  const name = useWorld().channels[id];
  if (!name) return html`<span class="mention">#${label || "private channel"}</span>`;
  return html`<button type="button" class="mention mention-link" onClick=${() => openChannel(id)}>#${name}</button>`;
}

function openChannel(id) {
  const { view } = current();
  const channel = view.channels.find((one) => one.id === id);
  if (channel) go({ room: roomName(channel, view.people) });
}

function Group({ id, label }) {
  const { groups, mine } = useWorld();
  return html`<span class=${names("mention", mine.includes(id) && "mention-me")}>${groupName(groups[id], label)}</span>`;
}

function Moment({ ts, pattern, url, label, opens }) {
  const { me } = useWorld();
  const filled = fillDate(ts, pattern, me, useClock());
  const words = (opens && filled ? capital(filled) : filled) ?? (label || "a date");
  const title = filled ? `${fullMoment(ts, me)} (${me.tz})` : "";
  const address = url && safeAddress(url);
  if (address) return html`<a href=${address} target="_blank" rel="noopener noreferrer" title=${title}>${words}</a>`;
  return filled ? html`<time datetime=${new Date(ts * 1000).toISOString()} title=${title}>${words}</time>` : html`<span>${words}</span>`;
}
