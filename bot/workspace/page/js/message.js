// One message: who, when, what, and what can be done with it. Drawn again only when the message itself changes.

import { Avatar } from "./avatar.js";
import { BlockKit } from "./blocks.js";
import { ago, fullMoment, timeOfDay } from "./clock.js";
import { Icon } from "./icons.js";
import { MessageTools, useMessageMenu } from "./messagetools.js";
import { Reactions } from "./reactions.js";
import { Mrkdwn } from "./rich.js";
import { unescapeText } from "./scan.js";
import { whoAndWhere } from "./signs.js";
import { act, go } from "./store.js";
import { useValues } from "./surface.js";
import { html, memo, names, useEffect, useRef, useState } from "./ui.js";
import { nameOf, useClock, useWorld } from "./world.js";

const NOTES = new Set(["channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "bot_add"]);

/** `where` is "room" or "thread"; `compact` leaves out who and when, because the message above said it. */
export const Message = memo(({ message, channel, where, compact, status, freshReply }) => {
  const world = useWorld();
  const [editing, setEditing] = useState(false);
  const [dismissed, setDismissed] = useState(false);
  const author = message.user ?? world.botUser;
  const mine = author === world.me.id;
  const canThread = where === "room" && !message.ephemeral;
  const openThread = canThread ? () => go({ thread: message.thread_ts ?? message.ts }) : null;
  const menu = useMessageMenu({ message, channel, mine, openThread, edit: () => setEditing(true) });
  if (dismissed) return null;
  if (NOTES.has(message.subtype)) return html`<${Note} message=${message} />`;
  const look = names("message", compact && "compact", message.ephemeral && "ephemeral", message.subtype === "tombstone" && "gone");
  const spoken = `${nameOf(world, author)}, ${timeOfDay(Number(message.ts), world.me)}`;
  const keys = messageKeys({ Enter: openThread, t: openThread, e: mine && (() => setEditing(true)), m: menu.show, ContextMenu: menu.show });
  return html`<article class=${look} data-ts=${message.ts} data-user=${author} data-testid=${message.ephemeral ? "ephemeral" : "message"}
      tabindex="-1" aria-label=${spoken} onKeyDown=${keys}>
    <div class="gutter">${compact ? html`<${Time} message=${message} />` : html`<${Avatar} person=${world.people[author]} />`}</div>
    <div class="message-body">
      ${message.ephemeral && html`<${OnlyYou} onDismiss=${() => setDismissed(true)} />`}
      ${!compact && html`<${Byline} message=${message} author=${author} mine=${mine} />`}
      ${message.subtype === "thread_broadcast" && openThread && html`<button type="button" class="link-button" onClick=${openThread}>
        replied to a thread</button>`}
      ${editing && html`<${Editor} message=${message} channel=${channel} onDone=${() => setEditing(false)} />`}
      ${!editing && html`<${Content} message=${message} channel=${channel} />`}
      <${Reactions} message=${message} channel=${channel} />
      ${where === "room" && message.reply_count > 0 && html`<${ThreadLink} message=${message} fresh=${freshReply} onOpen=${openThread} />`}
      ${status && html`<p class="status-here">${status}</p>`}
    </div>
    ${!message.ephemeral && !editing && html`<${MessageTools} menu=${menu} message=${message} channel=${channel} onReply=${openThread} />`}
  </article>`;
});

// Single keys work on the message itself, not on what stands inside it.
function messageKeys(actions) {
  return (event) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const does = actions[event.key];
    if (!does) return;
    event.preventDefault();
    event.stopPropagation();
    does();
  };
}

function OnlyYou({ onDismiss }) {
  return html`<p class="only-you"><${Icon} name="eye" size=${14} />Only you can see this
    <button type="button" class="link-button" onClick=${onDismiss}>Dismiss</button></p>`;
}

function Note({ message }) {
  return html`<div class="note" data-ts=${message.ts}><${Mrkdwn} text=${message.text} /></div>`;
}

function Byline({ message, author, mine }) {
  const world = useWorld();
  const person = world.people[author];
  return html`<header class="byline">
    <span class="author" title=${person && whoAndWhere(person)}>${message.username ?? nameOf(world, author)}</span>
    ${person?.role === "app" && html`<span class="tag">app</span>`}
    ${mine && html`<span class="tag you">you</span>`}
    <${Time} message=${message} />
  </header>`;
}

function Time({ message }) {
  const { me } = useWorld();
  const ts = Number(message.ts);
  const moment = new Date(ts * 1000).toISOString();
  return html`<time class="time" datetime=${moment} title=${`${fullMoment(ts, me)} (${me.tz})`}>${timeOfDay(ts, me)}</time>`;
}

/** Text or blocks, attachments, files; the address of a press is this message. */
function Content({ message, channel }) {
  const { values, set, clear } = useValues();
  useEffect(clear, [message.blocks]);
  const draw = ({ blocks, text, fallback }) => {
    const surface = { blocks, values, set, address: { channel, ts: message.ts } };
    return blocks?.length ? html`<${BlockKit} surface=${surface} />` : html`<${Mrkdwn} text=${text ?? fallback ?? ""} />`;
  };
  return html`<div class="content">
    ${draw(message)}
    ${message.attachments?.map((one) => html`<div class="attachment" style=${one.color && { borderColor: colourOf(one.color) }}>
      ${draw(one)}</div>`)}
    ${message.files?.map((file) => html`<${File} key=${file.id ?? file.name} file=${file} />`)}
    ${message.edited && html`<small class="edited">(edited)</small>`}
  </div>`;
}

function File({ file }) {
  const { me } = useWorld();
  const name = file.title ?? file.name;
  const address = `/page/file/${file.id}?as=${me.id}`;
  if (file.thumb_360) return html`<a class="shared-picture" href=${address} target="_blank" rel="noopener" data-file=${file.name}
    title=${`Open ${name}`}><img src=${address} alt=${name} loading="lazy" /></a>`;
  return html`<span class="file" data-file=${file.name}><${Icon} name="image" size=${22} />
    <span><strong>${name}</strong><small>Picture, not kept in this workspace</small></span></span>`;
}

function colourOf(colour) {
  return { good: "#2e7d5b", warning: "#b7791f", danger: "#c0392b" }[colour] ?? (colour.startsWith("#") ? colour : `#${colour}`);
}

function ThreadLink({ message, fresh, onOpen }) {
  const world = useWorld();
  const now = useClock();
  const people = (message.reply_users ?? []).slice(0, 4);
  const words = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return html`<button type="button" class="thread-link" data-testid="open-thread" onClick=${onOpen}>
    ${people.map((id) => html`<${Avatar} key=${id} person=${world.people[id]} size="tiny" />`)}
    <strong>${words}</strong>${fresh && html`<span class="tag new">new</span>`}
    ${message.latest_reply && html`<span>· ${ago(Number(message.latest_reply), now)}</span>`}
  </button>`;
}

function Editor({ message, channel, onDone }) {
  const field = useRef(null);
  const world = useWorld();
  const [text, setText] = useState(() => asTyped(message.text, world));
  useEffect(() => {
    field.current.focus();
    field.current.setSelectionRange(text.length, text.length);
  }, []);
  const save = async () => {
    const answer = text.trim() ? await act("edit", { channel, ts: message.ts, text: text.trim() }) : { ok: false };
    if (answer.ok) onDone();
  };
  const keys = (event) => {
    if (event.key === "Escape") onDone();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="editor">
    <textarea ref=${field} class="field" rows="2" aria-label="Edit your message" value=${text}
      onInput=${(event) => setText(event.target.value)} onKeyDown=${keys}></textarea>
    <div class="editor-foot"><button type="button" class="button small" onClick=${onDone}>Cancel</button>
      <button type="button" class="button small primary" onClick=${save}>Save</button></div>
  </div>`;
}

/** A stored text as its author typed it: references back to @handle, @group and #channel, entities back to characters. */
function asTyped(text, { people, channels, groups }) {
  const names = { "@": (id) => people[id]?.name, "#": (id, label) => channels[id] ?? label, "!subteam^": (id) => groups[id] };
  const named = text.replace(/<([@#]|!subteam\^)([A-Z0-9]+)(?:\|([^>]*))?>/g, (all, mark, id, label) => {
    const name = names[mark](id, label);
    return name ? (mark === "#" ? "#" : "@") + name : all;
  }).replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, "@$1");
  return unescapeText(named.replace(/<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>/g, "$1"));
}
