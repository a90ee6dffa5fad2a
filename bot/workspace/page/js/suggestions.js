// What to try first: the viewer's own ideas, open while they (or whoever visits this page) have written nothing yet, and the app's prompts.

import { Avatar } from "./avatar.js";
import { say } from "./composer.js";
import { Icon } from "./icons.js";
import { firstShared } from "./place.js";
import { unescapeText } from "./scan.js";
import { useStore } from "./store.js";
import { html, useState } from "./ui.js";
import { nameOf, useWorld } from "./world.js";

const MOST_TRIES = 3;

/** Above the composer of a room, never in a thread. */
export function Suggestions({ channel }) {
  const view = useStore((state) => state.view);
  const tried = useStore((state) => state.tried);
  const { me } = useWorld();
  const fitting = channel.with === view.bot.user || channel.id === firstShared(view)?.id;
  const offer = view.prompts?.[channel.id];
  const said = fitting ? ownWords(view) : new Set();
  const fresh = !tried || !said.size;
  const tries = fitting ? me.tries.filter((text) => !said.has(text)).slice(0, MOST_TRIES) : [];
  return html`<div class="suggestions">
    ${tries.length > 0 && html`<${Tries} key=${`tries ${me.id} ${fresh}`} me=${me} tries=${tries} channel=${channel} open=${fresh} />`}
    ${offer?.prompts?.length > 0 && html`<${Prompts} key=${`prompts ${channel.id}`} channel=${channel} offer=${offer}
      open=${!tries.length && hasNotBegun(view, channel)} />`}
  </div>`;
}

/** Everything that the viewer has written so far, anywhere, as it was typed. */
function ownWords(view) {
  const rooms = [...Object.values(view.messages), ...Object.values(view.replies).flatMap((threads) => Object.values(threads))];
  return new Set(rooms.flat().filter(({ user }) => user === view.me).map(({ text }) => unescapeText(text)));
}

function hasNotBegun(view, channel) {
  return !(view.messages[channel.id] ?? []).some(({ user }) => user === view.me);
}

function Toggle({ icon, words, shown, onToggle }) {
  return html`<button type="button" class="link-button suggest-toggle" aria-expanded=${shown ? "true" : "false"} onClick=${onToggle}>
    <${Icon} name=${icon} size=${15} />${words}</button>`;
}

function Tries({ me, tries, channel, open }) {
  const [shown, setShown] = useState(open);
  const [first] = me.real_name.split(" ");
  if (!shown) return html`<${Toggle} icon="bulb" words=${`Ideas to try as ${first}`} shown=${false} onToggle=${() => setShown(true)} />`;
  return html`<section class="tries" data-testid="tries" aria-label="Messages worth trying">
    <p class="tries-head"><${Avatar} person=${me} size="small" />
      <span>You are <strong>${first}</strong>. ${me.about}<br /><em>Try one of these. A click sends it.</em></span>
      <button type="button" class="icon-button" aria-label="Hide the ideas" title="Hide" onClick=${() => setShown(false)}>
        <${Icon} name="close" size=${14} /></button></p>
    <div class="tries-list">${tries.map((text) => html`<button type="button" class="try" key=${text} data-testid="try"
      onClick=${() => say(channel.id, text)}><span>${text}</span><${Icon} name="send" size=${15} /></button>`)}</div>
  </section>`;
}

function Prompts({ channel, offer, open }) {
  const world = useWorld();
  const [wanted, setWanted] = useState(null);
  const shown = wanted ?? open;
  const title = offer.title || `${nameOf(world, channel.with)} can help with`;
  const draw = ({ title: words, message }) => html`<button type="button" class="prompt" key=${words} title=${message} data-testid="prompt"
    onClick=${() => say(channel.id, message)}>${words}</button>`;
  return html`<section class="prompts" aria-label=${title}>
    <${Toggle} icon="bolt" words=${title} shown=${shown} onToggle=${() => setWanted(!shown)} />
    ${shown && html`<div class="prompts-list">${offer.prompts.map(draw)}</div>`}
  </section>`;
}
