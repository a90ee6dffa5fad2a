// One thread beside the room (over it on small screens): the first message, the replies, a composer of its own.

import { Composer } from "./composer.js";
import { editLast } from "./editlast.js";
import { Icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { roomName } from "./place.js";
import { StatusLine } from "./status.js";
import { go, useStore } from "./store.js";
import { html, useMemo, useRef } from "./ui.js";
import { useWorld } from "./world.js";

export function Thread({ channel, ts }) {
  const world = useWorld();
  const root = useStore(({ view }) => view.messages[channel.id]?.find((message) => message.ts === ts));
  const replies = useStore(({ view }) => view.replies[channel.id]?.[ts]);
  const panel = useRef(null);
  const messages = useMemo(() => [root, ...(replies ?? []).filter((message) => message.ts !== ts)].filter(Boolean), [root, replies]);
  const close = () => go({ thread: "" });
  const keys = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
    document.querySelector(`[data-testid=room-messages] article[data-ts="${ts}"]`)?.focus();
  };
  const where = channel.kind === "im" ? world.people[channel.with]?.real_name : roomName(channel, world.people);
  return html`<aside class="thread" data-testid="thread" data-thread-ts=${ts} aria-label="Thread" ref=${panel} onKeyDown=${keys}>
    <header class="panel-head">
      <button type="button" class="icon-button only-phone" aria-label="Back to the room" onClick=${close}><${Icon} name="back" /></button>
      <div class="panel-title"><h2>Thread</h2><p>${channel.kind === "im" ? where : `#${where}`}</p></div>
      <button type="button" class="icon-button not-phone" aria-label="Close the thread" title="Close (Esc)" data-testid="close-thread"
        onClick=${close}><${Icon} name="close" /></button>
    </header>
    <${MessageList} id=${`${world.me.id} ${channel.id} ${ts}`} label="Messages in this thread" messages=${messages}
      channel=${channel.id} where="thread">
      ${!root && html`<p class="nothing">This thread is not in sight for ${world.me.real_name}.</p>`}
    <//>
    ${root && html`<footer class="panel-foot"><${StatusLine} channel=${channel} thread=${ts} />
      <${Composer} key=${`${world.me.id} ${ts}`} channel=${channel} thread=${ts} placeholder="Reply in this thread" testId="thread-composer"
        onEditLast=${() => editLast(panel.current, world.me.id)} /></footer>`}
  </aside>`;
}
