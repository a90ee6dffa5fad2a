// The list of places to go: the app, channels, private channels, direct messages, with what is unread in each.

import { Icon } from "./icons.js";
import { roomName } from "./place.js";
import { Choice, roveKeys, usePopover } from "./popover.js";
import { RoomSign, personOption } from "./signs.js";
import { act, channelInSight, go, refresh, useStore } from "./store.js";
import { html, names } from "./ui.js";
import { useWorld } from "./world.js";

export function Sidebar() {
  const view = useStore((state) => state.view);
  const seen = useStore((state) => channelInSight(state)?.id);
  const apps = view.channels.filter((channel) => channel.with === view.bot.user);
  const direct = view.channels.filter((channel) => channel.kind === "im" && channel.with !== view.bot.user);
  const shared = view.channels.filter((channel) => channel.kind === "channel");
  const tabStop = seen ?? view.channels[0]?.id; // the others are reached with the arrow keys
  const draw = (channel) => html`<${Entry} key=${channel.id} channel=${channel} here=${channel.id === seen} stop=${channel.id === tabStop} />`;
  return html`<nav class="sidebar" id="channels" aria-label="Channels" onKeyDown=${roveKeys(".entry")}>
    <${Section} title="App">${apps.length ? apps.map(draw) : html`<${NewDirect} user=${view.bot.user} />`}<//>
    <${Section} title="Channels">${shared.filter((one) => !one.private).map(draw)}<//>
    ${shared.some((one) => one.private) && html`<${Section} title="Private channels">${shared.filter((one) => one.private).map(draw)}<//>`}
    <${Section} title="Direct messages">${direct.map(draw)}<${WriteTo} /><//>
  </nav>`;
}

function Section({ title, children }) {
  const entries = [children].flat(2).filter(Boolean);
  return html`<section class="side-section"><h2>${title}</h2><ul>${entries.map((entry) => html`<li>${entry}</li>`)}</ul></section>`;
}

function Entry({ channel, here, stop }) {
  const { people } = useWorld();
  const person = people[channel.with];
  const title = channel.kind === "im" ? person?.real_name ?? "Someone" : channel.name;
  const spoken = channel.mentions ? `, ${channel.mentions} for you` : channel.unread ? `, ${channel.unread} new` : "";
  return html`<button type="button" class=${names("entry", here && "here", channel.unread && !here && "unread")}
      data-testid=${`channel-${person?.name ?? channel.name}`} data-channel=${channel.id} data-unread=${channel.unread}
      data-mentions=${channel.mentions} aria-current=${here ? "page" : undefined} tabindex=${stop ? "0" : "-1"}
      onClick=${() => go({ room: roomName(channel, people) })}>
    <span class="entry-sign"><${RoomSign} channel=${channel} person=${person} face="tiny" lock=${15} /></span>
    <span class="entry-name">${title}<span class="unseen">${spoken}</span></span>
    ${person?.role === "app" && html`<${Presence} />`}
    ${channel.mentions > 0 ? html`<span class="badge" aria-hidden="true">${channel.mentions}</span>`
      : channel.unread > 0 && !here && html`<span class="unread-dot" aria-hidden="true"></span>`}
  </button>`;
}

/** Whether the app is there to answer. */
function Presence() {
  const connected = useStore(({ view }) => view.bot.connected);
  const means = connected ? "Connected: it answers." : "Offline: messages wait and will be answered.";
  return html`<span class=${names("presence", !connected && "off")} data-testid="bot-state" data-connected=${connected ? "true" : "false"}
    title=${means}><i></i>${connected ? "connected" : "offline"}</span>`;
}

/** Opens (or finds) the direct message with somebody and goes there. */
export async function openDirect(user, people) {
  const answer = await act("open_im", { user });
  if (!answer.ok) return;
  await refresh();
  go({ room: `@${people[user].name}` });
}

function NewDirect({ user }) {
  const { people } = useWorld();
  const person = people[user];
  return html`<button type="button" class="entry" data-testid=${`channel-${person.name}`} onClick=${() => openDirect(user, people)}>
    <span class="entry-sign"><${RoomSign} person=${person} face="tiny" /></span><span class="entry-name">${person.real_name}</span>
    <${Presence} /></button>`;
}

function WriteTo() {
  const { people, me } = useWorld();
  const list = usePopover();
  const options = Object.values(people).filter(({ id }) => id !== me.id).map((person) => personOption(person));
  const pick = ({ key }) => {
    list.close();
    openDirect(key, people);
  };
  return html`<button type="button" class="entry quiet" tabindex="-1" ...${list.opener("listbox")}>
      <span class="entry-sign"><${Icon} name="plus" size=${15} /></span><span class="entry-name">Write to someone</span></button>
    ${list.open && html`<${Choice} anchor=${list.anchor.current} options=${options} onPick=${pick} onClose=${list.close} label="Write to" />`}`;
}
