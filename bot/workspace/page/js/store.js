// The page's only state: the view, the place in it, the connection. Components read it with useStore and change it by the verbs below.

import { fetchView, postAct, listen } from "./protocol.js";
import { channelCalled, firstRoom, readPlace, roomName, writePlace } from "./place.js";
import { share } from "./share.js";
import { useEffect, useState } from "./ui.js";

const TRIED = "workspace.tried";

let state = {
  view: null,
  place: { room: "", tab: "", thread: "" },
  link: "connecting",
  skew: 0, // seconds that the workspace's clock is ahead of this browser's
  linked: null, // {ts} of the message that a link led to: the list of messages goes there
  notice: null,
  trouble: "",
  tried: sessionStorage.getItem(TRIED) !== null, // whether this visitor has sent something yet, as anybody
};
const watchers = new Set();
const lastPlaces = new Map(); // user id → where that person was left
let fetching = false;
let fetchAgain = false;
let visits = 0;
let announced = 0; // the newest version that the server told of

export const phone = matchMedia("(max-width: 719px)");

export function current() {
  return state;
}

function change(part) {
  state = { ...state, ...part };
  for (const watcher of [...watchers]) watcher();
}

/** What `select` returns from the state; draws the component again when that becomes another value. */
export function useStore(select) {
  const [, draw] = useState(0);
  const chosen = select(state);
  useEffect(() => {
    let before = chosen;
    const watcher = () => {
      const now = select(state);
      if (Object.is(now, before)) return;
      before = now;
      draw((count) => count + 1);
    };
    watchers.add(watcher);
    watcher();
    return () => watchers.delete(watcher);
  }, [chosen]);
  return chosen;
}

/** The channel in sight, or null (a phone that shows the list, or a world without channels). */
export function channelInSight({ view, place } = state) {
  if (!view) return null;
  if (!place.room && phone.matches) return null;
  return channelCalled(view, place.room) ?? firstRoom(view) ?? null;
}

/** The workspace's time in seconds since 1970. */
export function clock() {
  return Date.now() / 1000 + state.skew;
}

/** Opens the page: the view of whom the address names (else `first`, a handle), then the live connection. */
export async function open(first) {
  const wanted = readPlace(location.hash);
  const viewer = wanted.handle || sessionStorage.getItem("workspace.viewer") || first;
  try {
    const view = await fetchView(viewer).catch(() => fetchView(first));
    const linked = wanted.room ? null : linkedPlace(view);
    change({ linked });
    settle(view, linked ?? wanted);
  } catch {
    change({ trouble: "The local workspace does not answer yet. This page tries again by itself." });
    setTimeout(() => open(first), 1000);
    return;
  }
  addEventListener("popstate", follow);
  phone.addEventListener("change", () => change({}));
  listen({ onVersion: noteVersion, onState: noteLink });
}

/** The place that a permalink's "?channel=C…&ts=…" names; null, and a notice, where the viewer sees no such message. */
function linkedPlace(view, asked = new URLSearchParams(location.search)) {
  if (!asked.get("channel")) return null;
  const channel = view.channels.find(({ id }) => id === asked.get("channel"));
  const ts = asked.get("ts");
  const threads = Object.entries(view.replies[channel?.id] ?? {});
  const thread = threads.find(([root, replies]) => root === ts || replies.some((reply) => reply.ts === ts))?.[0] ?? "";
  const me = view.people[view.me];
  if (!channel || !(thread || view.messages[channel.id].some((message) => message.ts === ts))) {
    notify(`${me.real_name} cannot see that message, or it is gone.`);
    return null;
  }
  return { handle: me.name, room: roomName(channel, view.people), tab: "", thread, ts };
}

/** Follows the address of a message ("…/archives/C…/p1795…") as whoever looks. */
export function goToLink(address) {
  const [, channel, digits] = /\/archives\/(\w+)\/p(\d+)/.exec(address) ?? [];
  const ts = digits && `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  const place = linkedPlace(state.view, new URLSearchParams({ channel: channel ?? "none", ts: ts ?? "" }));
  if (!place) return;
  go({ room: place.room, thread: place.thread });
  change({ linked: { ts } });
}

function noteVersion(version) {
  announced = version;
  if (version !== state.view.version) refresh();
}

function noteLink(link) {
  const returned = link === "open" && state.link === "lost";
  if (link === "lost") announced = 0; // the server may start anew
  change({ link });
  if (returned) refresh();
}

function settle(view, wanted) {
  const known = channelCalled(view, wanted.room);
  const listOnPhone = phone.matches && wanted.handle && !wanted.room;
  const channel = known ?? (listOnPhone ? null : firstRoom(view));
  const room = channel ? roomName(channel, view.people) : "";
  const place = known ? { room, tab: wanted.tab, thread: wanted.thread } : { room, tab: "", thread: "" };
  accept(view, place);
  history.replaceState(null, "", addressOf(place));
}

function accept(view, place = state.place) {
  const skew = view.now - Date.now() / 1000;
  const shared = share(state.view, view);
  change({ view: shared, place: share(state.place, place), trouble: "", skew: Math.abs(skew - state.skew) > 2 ? skew : state.skew });
  sessionStorage.setItem("workspace.viewer", shared.me);
  refreshAt(view);
  if (shared.version < announced) refresh(); // something happened while this view was on its way
}

let nextRefresh = 0;

/** Some things go by themselves after a while: the view is fetched again at that moment. */
function refreshAt({ fresh_until: moment, now }) {
  clearTimeout(nextRefresh);
  if (moment) nextRefresh = setTimeout(refresh, Math.max(moment - now, 0) * 1000 + 50);
}

function addressOf(place) {
  return writePlace({ handle: state.view.people[state.view.me].name, ...place });
}

/** Fetches the view again; calls made meanwhile become one more fetch. */
export async function refresh() {
  if (fetching) {
    fetchAgain = true;
    return;
  }
  fetching = true;
  const { me } = state.view;
  const view = await fetchView(me).catch(() => null);
  fetching = false;
  if (view && me === state.view.me) accept(view); // an answer about somebody who was left meanwhile is of no use
  if (fetchAgain) {
    fetchAgain = false;
    refresh();
  }
}

/** Goes to another room, tab or thread; a new room closes the thread. */
export function go(to, { replace = false } = {}) {
  const fresh = "room" in to ? { room: "", tab: "", thread: "" } : state.place;
  const place = { ...fresh, ...to };
  history[replace ? "replaceState" : "pushState"](null, "", addressOf(place));
  change({ place, linked: null });
}

/** Looks through another person's eyes. */
export async function visit(id) {
  if (!state.view || id === state.view.me) return;
  const turn = ++visits;
  const left = state.view.me;
  lastPlaces.set(left, state.place);
  const view = await fetchView(id).catch(() => null);
  if (turn !== visits) return;
  if (!view) return notify("That person's view could not be loaded. Try once more.");
  const place = placeFor(view);
  accept(view, place);
  history.pushState(null, "", addressOf(place));
}

/** Where somebody is when the viewer becomes them: where they were, else the same open room, else where they start. */
function placeFor(view) {
  const before = lastPlaces.get(view.me);
  if (before && (phone.matches || channelCalled(view, before.room))) return before;
  const here = channelCalled(view, state.place.room);
  const stay = view.people[view.me].role === "person" && here?.kind === "channel" && !here.private;
  const channel = stay ? here : firstRoom(view);
  return { room: channel ? roomName(channel, view.people) : "", tab: "", thread: stay ? state.place.thread : "" };
}

async function follow() {
  const wanted = readPlace(location.hash);
  const person = Object.values(state.view.people).find((one) => one.name === wanted.handle);
  if (person && person.id !== state.view.me) {
    const turn = ++visits;
    const view = await fetchView(person.id).catch(() => null);
    if (view && turn === visits) settle(view, wanted);
    return;
  }
  change({ place: { room: wanted.room, tab: wanted.tab, thread: wanted.thread } });
}

/** One act as the viewer. Says what went wrong in a notice, unless `quiet`; returns the server's answer. */
export async function act(name, fields = {}, { quiet = false } = {}) {
  const answer = await postAct(state.view.me, name, fields);
  if (!answer.ok && !quiet) notify(answer.error);
  if (answer.ok && (name === "say" || name === "command")) rememberTrying();
  if (answer.ok && state.link !== "open") refresh();
  return answer;
}

/** The page need not show what to try any more. */
function rememberTrying() {
  sessionStorage.setItem(TRIED, "yes");
  change({ tried: true });
}

let noticeTimer = 0;

/** A short line at the foot of the page that leaves by itself. */
export function notify(text) {
  clearTimeout(noticeTimer);
  change({ notice: text });
  if (text) noticeTimer = setTimeout(() => change({ notice: null }), 7000);
}
