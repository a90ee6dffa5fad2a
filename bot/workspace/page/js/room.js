// The room in sight: its name and people, the app's two tabs, the messages, the composer. Puts parts together, decides nothing.

import { Composer } from "./composer.js";
import { editLast } from "./editlast.js";
import { Home } from "./home.js";
import { Icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { Choice, roveKeys, usePopover } from "./popover.js";
import { Plain } from "./rich.js";
import { openDirect } from "./sidebar.js";
import { RoomSign, personOption, whoAndWhere } from "./signs.js";
import { StatusLine } from "./status.js";
import { act, current, go, useStore } from "./store.js";
import { Suggestions } from "./suggestions.js";
import { html, useEffect, useMemo, useRef } from "./ui.js";
import { timeOfDay } from "./clock.js";
import { useClock, useWorld } from "./world.js";

export function Room({ channel, tab }) {
  const world = useWorld();
  const isApp = channel.with === world.botUser;
  return html`<main class="room" id="room" data-channel=${channel.id} aria-label=${titleOf(channel, world)}>
    <${Head} channel=${channel} tabs=${isApp && html`<${Tabs} tab=${tab} />`} />
    ${isApp && tab === "home" ? html`<${Home} app=${channel.with} />` : html`<${Talk} channel=${channel} isApp=${isApp} />`}
  </main>`;
}

function titleOf(channel, { people }) {
  return channel.kind === "im" ? people[channel.with]?.real_name ?? "Someone" : `#${channel.name}`;
}

function Head({ channel, tabs }) {
  const world = useWorld();
  const person = world.people[channel.with];
  return html`<header class="panel-head">
    <button type="button" class="icon-button only-phone" aria-label="Back to the list of channels" data-testid="back"
      onClick=${() => go({ room: "" })}><${Icon} name="back" /></button>
    <span class="sign"><${RoomSign} channel=${channel} person=${person} face="small" lock=${18} /></span>
    <div class="panel-title"><h2>${person ? person.real_name : channel.name}</h2>
      ${person ? html`<${Whereabouts} person=${person} />` : html`<p title=${channel.topic}><${Plain} text=${channel.topic} /></p>`}</div>
    ${tabs}
    ${!person && html`<${Members} channel=${channel} />`}
  </header>`;
}

function Whereabouts({ person }) {
  const now = useClock();
  if (person.role === "app") return html`<p>${person.about}</p>`;
  return html`<p>${whoAndWhere(person)} · ${timeOfDay(now, person)} there</p>`;
}

function Members({ channel }) {
  const { people, me } = useWorld();
  const list = usePopover();
  const members = (channel.members ?? []).map((id) => people[id]).filter(Boolean);
  const options = members.map((person) => personOption(person, person.id === me.id ? `${person.real_name} (you)` : person.real_name));
  const pick = ({ key }) => {
    list.close();
    if (key !== me.id) openDirect(key, people);
  };
  return html`<button type="button" class="icon-button members" aria-label=${`${options.length} people here`} title="Who is here"
      ...${list.opener("listbox")}><${Icon} name="people" /><span>${options.length}</span></button>
    ${list.open && html`<${Choice} anchor=${list.anchor.current} options=${options} onPick=${pick} onClose=${list.close}
      label=${`People in #${channel.name}`} />`}`;
}

function Tabs({ tab }) {
  const draw = (name, words) => {
    const here = (tab || "messages") === name;
    return html`<button type="button" role="tab" class="tab" data-testid=${`tab-${name}`} aria-selected=${here ? "true" : "false"}
      tabindex=${here ? "0" : "-1"} aria-controls=${`panel-${name}`} onClick=${() => go({ tab: name === "home" ? "home" : "", thread: "" })}>
      ${words}</button>`;
  };
  return html`<div class="tabs" role="tablist" aria-label="Parts of the app" onKeyDown=${roveKeys("[role=tab]", { horizontal: true })}>
    ${draw("home", "Home")}${draw("messages", "Messages")}</div>`;
}

const NOBODY = [];

function Talk({ channel, isApp }) {
  const world = useWorld();
  const messages = useStore(({ view }) => view.messages[channel.id]) ?? NOBODY;
  const statuses = useStore(({ view }) => view.status) ?? {};
  const frame = useRef(null);
  const freshFrom = useMemo(() => (channel.unread ? channel.last_read : null), [world.me.id, channel.id]);
  useEffect(() => {
    if (isApp) act("open_home", { tab: "messages" }, { quiet: true });
  }, [world.me.id, channel.id]);
  const here = useMemo(() => statusesHere(statuses, channel, world), [statuses, channel.id]);
  const panel = isApp && { role: "tabpanel", id: "panel-messages", "aria-label": "Messages" };
  return html`<div class="talk" ref=${frame} ...${panel}>
    <${MessageList} id=${`${world.me.id} ${channel.id}`} label=${`Messages in ${titleOf(channel, world)}`} messages=${messages}
      channel=${channel.id} where="room" freshFrom=${freshFrom} statuses=${here} onSeen=${() => markRead(channel.id)}>
      <${Start} channel=${channel} />
    <//>
    <footer class="panel-foot">
      <${Suggestions} channel=${channel} />
      <${StatusLine} channel=${channel} />
      <${Composer} channel=${channel} placeholder=${`Write to ${titleOf(channel, world)}`} testId="composer"
        onEditLast=${() => editLast(frame.current, world.me.id)} />
    </footer>
  </div>`;
}

/** {thread_ts: "Triage is looking that up…"} for the messages of this room. */
function statusesHere(statuses, channel, world) {
  if (channel.kind === "im") return {}; // there the line above the composer is enough
  const own = Object.entries(statuses).filter(([key, text]) => text && key.startsWith(`${channel.id}/`));
  return Object.fromEntries(own.map(([key, text]) => [key.split("/")[1], `${world.people[world.botUser].real_name} ${text}`]));
}

/** Tells the server what has been seen, once for each new last message. */
function markRead(id) {
  const { view } = current();
  const channel = view.channels.find((one) => one.id === id);
  const last = newest(view, id);
  if (!channel || !last || (!channel.unread && !channel.mentions)) return;
  act("read", { channel: id, ts: last }, { quiet: true });
}

function newest(view, id) {
  const stamps = (view.messages[id] ?? []).flatMap(({ ts, latest_reply: reply }) => (reply ? [ts, reply] : [ts]));
  return stamps.sort((one, other) => Number(one) - Number(other)).pop();
}

/** What a room is for, above its first message. */
function Start({ channel }) {
  const world = useWorld();
  const person = world.people[channel.with];
  return html`<div class="start">
    <span class="start-sign"><${RoomSign} channel=${channel} person=${person} face="large" lock=${22} /></span>
    <div><p class="start-title">${person ? person.real_name : channel.name}</p>
      <p>${person ? person.about || "A conversation between the two of you." : channel.topic || "The beginning of this channel."}</p></div>
  </div>`;
}
