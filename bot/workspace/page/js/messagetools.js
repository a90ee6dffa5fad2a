// What can be done with a message: the little bar that appears beside it, and its menu with the app's message shortcuts.

import { Confirm } from "./dialog.js";
import { Icon } from "./icons.js";
import { Menu, usePopover } from "./popover.js";
import { AddReaction, react } from "./reactions.js";
import { unescapeText } from "./scan.js";
import { act, notify, useStore } from "./store.js";
import { html, useState } from "./ui.js";

/** The menu of one message: {…popover, items, deleting, setDeleting}. */
export function useMessageMenu({ message, channel, mine, openThread, edit }) {
  const popover = usePopover();
  const shortcuts = useStore(({ view }) => view.shortcuts);
  const [deleting, setDeleting] = useState(false);
  const items = [
    openThread && { label: "Reply in thread", icon: html`<${Icon} name="reply" />`, onPick: openThread },
    { label: "Copy text", icon: html`<${Icon} name="copy" />`, onPick: () => copy(message.text) },
    mine && { label: "Edit", icon: html`<${Icon} name="pen" />`, onPick: edit, keepsFocus: true },
    mine && { label: "Delete", icon: html`<${Icon} name="trash" />`, danger: true, onPick: () => setDeleting(true), keepsFocus: true },
    ...shortcutItems(shortcuts, message, channel),
  ].filter(Boolean);
  const remove = () => {
    setDeleting(false);
    act("delete", { channel, ts: message.ts });
  };
  return { ...popover, items, deleting, remove, keep: () => setDeleting(false) };
}

function shortcutItems(shortcuts, message, channel) {
  const own = shortcuts.filter(({ type }) => type === "message");
  if (!own.length) return [];
  return [{ heading: "Do with an app" }, ...own.map((shortcut) => ({
    ...shortcutItem(shortcut), onPick: () => act("shortcut", { callback_id: shortcut.callback_id, channel, ts: message.ts }),
  }))];
}

/** How a shortcut of an app looks in a menu. */
export function shortcutItem({ name, description, callback_id: id }) {
  return { label: name, hint: description, icon: html`<${Icon} name="bolt" />`, data: { "data-shortcut": id } };
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(unescapeText(text ?? ""));
    notify("The text is copied.");
  } catch {
    notify("This browser does not let the page copy. Select the text and copy it yourself.");
  }
}

const QUICK = [["white_check_mark", "✅"], ["eyes", "👀"]];
const DELETE = {
  title: { text: "Delete this message?" }, text: { text: "It disappears for everyone in this workspace." },
  confirm: { text: "Delete" }, deny: { text: "Keep it" }, style: "danger",
};

export function MessageTools({ menu, message, channel, onReply }) {
  const quick = ([name, glyph]) => html`<button type="button" class="icon-button quick" key=${name} aria-label=${`React with ${name}`}
    title=${`:${name}:`} data-react=${name} onClick=${() => react(channel, message.ts, name)}>${glyph}</button>`;
  return html`<div class="tools" role="toolbar" aria-label="Message actions">
    ${QUICK.map(quick)}
    <${AddReaction} message=${message} channel=${channel} />
    ${onReply && html`<button type="button" class="icon-button" aria-label="Reply in thread" title="Reply in thread" data-testid="reply"
      onClick=${onReply}><${Icon} name="reply" size=${17} /></button>`}
    <button type="button" class="icon-button menu-button" aria-label="More actions" title="More actions" data-testid="message-menu"
      ...${menu.opener("menu")}><${Icon} name="more" size=${17} /></button>
    ${menu.open && html`<${Menu} anchor=${menu.anchor.current} items=${menu.items} onClose=${menu.close} label="Message actions"
      align="end" />`}
    ${menu.deleting && html`<${Confirm} confirm=${DELETE} onYes=${menu.remove} onNo=${menu.keep} />`}
  </div>`;
}
