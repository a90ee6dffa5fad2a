// The page as a whole: bar, list, room, thread, modal. Decides which of them are in sight; each draws itself.

import { Announcer } from "./announce.js";
import { ClockBar } from "./clockbar.js";
import { KeysCard, useGlobalKeys } from "./keys.js";
import { Modal } from "./modal.js";
import { Room } from "./room.js";
import { share } from "./share.js";
import { Sidebar } from "./sidebar.js";
import { channelInSight, useStore } from "./store.js";
import { Thread } from "./thread.js";
import { TopBar } from "./topbar.js";
import { html, useCallback, useEffect, useMemo, useRef, useState } from "./ui.js";
import { World } from "./world.js";

export function App() {
  const ready = useStore(({ view }) => Boolean(view));
  const trouble = useStore((state) => state.trouble);
  return ready ? html`<${Workspace} />` : html`<${Opening} trouble=${trouble} />`;
}

function Opening({ trouble }) {
  return html`<div class="shell opening" aria-busy="true">
    <header class="topbar"></header><nav class="sidebar"></nav><main class="room"><p class="nothing" role="status">${trouble}</p></main>
  </div>`;
}

function Workspace() {
  const world = useWorldValue();
  const channel = useStore(channelInSight);
  const place = useStore((state) => state.place);
  const modal = useStore(({ view }) => view.modal);
  const [help, setHelp] = useState(false);
  useGlobalKeys(useCallback(() => setHelp(true), []));
  useTitle(world.me, channel);
  useEffect(() => document.documentElement.style.setProperty("--viewer", world.me.colour), [world.me.colour]);
  const thread = channel && place.tab !== "home" && place.thread;
  const screen = thread ? "thread" : channel ? "room" : "list";
  return html`<${World.Provider} value=${world}>
    <a class="skip" href="#room" onClick=${skip}>Skip to the messages</a>
    <div class="shell" data-screen=${screen} data-thread=${thread ? "open" : "closed"}>
      <${TopBar} onKeys=${() => setHelp(true)} />
      <${ClockBar} />
      <${Sidebar} />
      ${channel ? html`<${Room} channel=${channel} tab=${place.tab} />` : html`<main class="room" id="room"></main>`}
      ${thread && html`<${Thread} key=${`${world.me.id} ${channel.id} ${thread}`} channel=${channel} ts=${thread} />`}
    </div>
    ${modal && html`<${Modal} key=${modal.id} modal=${modal} />`}
    ${help && html`<${KeysCard} onClose=${() => setHelp(false)} />`}
    <${Notices} />
    <${Announcer} />
  <//>`;
}

function skip(event) {
  event.preventDefault();
  document.querySelector("[data-testid=room-messages] article[tabindex='0'], [data-testid=composer], [data-testid=home]")?.focus();
}

/** The value that texts refer to; it stays the same object until one of its parts changes. */
function useWorldValue() {
  const view = useStore((state) => state.view);
  const before = useRef(null);
  return useMemo(() => {
    const { people, me, bot } = view;
    const channels = Object.fromEntries(view.channels.filter(({ kind }) => kind === "channel").map(({ id, name }) => [id, name]));
    const groups = Object.fromEntries(Object.entries(view.groups).map(([id, { handle }]) => [id, handle]));
    const mine = Object.keys(groups).filter((id) => view.groups[id].mine);
    before.current = share(before.current, { people, channels, groups, mine, me: people[me], botUser: bot.user });
    return before.current;
  }, [view]);
}

function useTitle(me, channel) {
  const waiting = useStore(({ view }) => view.channels.reduce((sum, { mentions = 0 }) => sum + mentions, 0));
  useEffect(() => {
    const where = channel?.kind === "channel" ? ` in #${channel.name}` : "";
    document.title = `${waiting ? `(${waiting}) ` : ""}${me.real_name.split(" ")[0]}${where} · Local workspace`;
  }, [me, channel, waiting]);
}

function Notices() {
  const notice = useStore((state) => state.notice);
  const link = useStore((state) => state.link);
  return html`<div class="notices" role="status">
    ${link === "lost" && html`<p class="notice" data-testid="lost">
      The local workspace does not answer. This page goes on as soon as it is back.</p>`}
    ${notice && html`<p class="notice" data-testid="notice">${notice}</p>`}
  </div>`;
}
