// The emoji that people put under a message, and the button to add one.

import { EmojiPicker } from "./emojipicker.js";
import { Icon } from "./icons.js";
import { usePopover } from "./popover.js";
import { Emoji } from "./rich.js";
import { act } from "./store.js";
import { html } from "./ui.js";
import { nameOf, useWorld } from "./world.js";

export function react(channel, ts, name) {
  return act("react", { channel, ts, name });
}

export function Reactions({ message, channel }) {
  const world = useWorld();
  if (!message.reactions?.length) return null;
  const chip = ({ name, users, count }) => {
    const who = users.map((id) => (id === world.me.id ? "You" : nameOf(world, id))).join(", ");
    return html`<button type="button" class="reaction" key=${name} data-reaction=${name} title=${`${who}: :${name}:`}
      aria-pressed=${users.includes(world.me.id) ? "true" : "false"} aria-label=${`${name}, ${count}: ${who}`}
      onClick=${() => react(channel, message.ts, name)}><${Emoji} name=${name} /><span>${count}</span></button>`;
  };
  return html`<div class="reactions">${message.reactions.map(chip)}<${AddReaction} message=${message} channel=${channel} small=${true} /></div>`;
}

export function AddReaction({ message, channel, small }) {
  const grid = usePopover();
  const pick = (name) => {
    grid.close();
    react(channel, message.ts, name);
  };
  return html`<button type="button" class=${small ? "reaction add" : "icon-button"} aria-label="Add a reaction" title="Add a reaction"
      ...${grid.opener("dialog")}><${Icon} name="smile" size=${small ? 15 : 17} /></button>
    ${grid.open && html`<${EmojiPicker} anchor=${grid.anchor.current} onPick=${pick} onClose=${grid.close} align="end" />`}`;
}
