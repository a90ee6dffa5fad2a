// A grid of emoji to pick from, with a search by name. Used for reactions and in the composer.

import { EMOJI_GROUPS, emojiLike } from "./emoji.js";
import { Popover } from "./popover.js";
import { html, useLayoutEffect, useRef, useState } from "./ui.js";

const COLUMNS = 8;

/** Calls onPick(name, glyph). Arrow keys move over the grid, Enter picks the first hit of a search. */
export function EmojiPicker({ anchor, onPick, onClose, align }) {
  const [typed, setTyped] = useState("");
  const search = useRef(null);
  useLayoutEffect(() => search.current?.focus(), []);
  const groups = typed.trim() ? { Found: emojiLike(typed.trim(), 40) } : EMOJI_GROUPS;
  const enter = (event) => {
    const [first] = Object.values(groups)[0];
    if (event.key !== "Enter" || !typed.trim() || !first) return;
    event.preventDefault();
    onPick(...first);
  };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} label="Emoji" align=${align} className="emoji-box">
    <div onKeyDown=${gridKeys}>
      <input ref=${search} class="choice-filter" type="text" placeholder="Search emoji" aria-label="Search emoji" value=${typed}
        autocomplete="off" onInput=${(event) => setTyped(event.target.value)} onKeyDown=${enter} />
      <div class="emoji-scroll">
        ${Object.entries(groups).map(([group, pairs]) => html`
          <div class="menu-heading">${group}</div>
          <div class="emoji-grid">${pairs.map(([name, glyph]) => html`<button type="button" class="emoji-cell" key=${name} title=${`:${name}:`}
            aria-label=${name} data-emoji=${name} onClick=${() => onPick(name, glyph)}>${glyph}</button>`)}</div>`)}
      </div>
    </div>
  <//>`;
}

function gridKeys(event) {
  const step = { ArrowDown: COLUMNS, ArrowUp: -COLUMNS, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const cells = [...event.currentTarget.querySelectorAll(".emoji-cell")];
  const at = cells.indexOf(document.activeElement);
  if (!step || (at < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const to = at < 0 ? 0 : at + step;
  if (to < 0) event.currentTarget.querySelector("input").focus();
  else cells[Math.min(to, cells.length - 1)]?.focus();
}
