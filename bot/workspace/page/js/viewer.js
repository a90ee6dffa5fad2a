// Whose eyes the page looks through, and the switch to somebody else's. Says who that is, where, and what time it is there.

import { Avatar } from "./avatar.js";
import { hourThere, timeOfDay, zoneGap } from "./clock.js";
import { useWaiting } from "./elsewhere.js";
import { Icon } from "./icons.js";
import { Popover, roveKeys, usePopover } from "./popover.js";
import { whoAndWhere } from "./signs.js";
import { visit } from "./store.js";
import { html, names, useLayoutEffect, useRef } from "./ui.js";
import { useClock, useWorld } from "./world.js";

const PERSON_KEYS = "1234567890-=[]"; // the row of number keys and on, in the order of the list

/** The people that can be played, grouped as a service desk sees them: [{title, people}], in the order of the keys. */
function groupsOf(people) {
  const groups = new Map(ORDER.map((title) => [title, []]));
  for (const person of Object.values(people)) if (person.role !== "app") groups.get(groupOf(person)).push(person);
  return [...groups].filter(([, members]) => members.length).map(([title, members]) => ({ title, people: members }));
}

const ORDER = ["People who need help", "Offshore agents", "Onshore agents", "Agents", "Maintainer"];

function groupOf({ role, title, about }) {
  if (role === "person") return ORDER[0];
  if (role === "maintainer") return ORDER[4];
  const words = `${title} ${about}`;
  return /\bonshore\b/i.test(words) ? ORDER[2] : /\boffshore\b/i.test(words) ? ORDER[1] : ORDER[3];
}

/** The n-th person of the list, for the number keys. */
export function personForKey(key, people) {
  const all = groupsOf(people).flatMap((group) => group.people);
  return all[PERSON_KEYS.indexOf(key)];
}

const wide = matchMedia("(min-width: 1260px)"); // as in layout.css: from here on everyone stands side by side
let openSwitcher = () => {};

/** Opens the list of people from a key. */
export function showPeople() {
  openSwitcher();
}

export function Viewer() {
  const { me, people } = useWorld();
  const list = usePopover();
  const now = useClock(10);
  const waiting = useWaiting(list.open || wide.matches);
  openSwitcher = list.toggle;
  return html`<div class="viewer">
    <button type="button" class="viewer-button" data-testid="viewer" data-viewer=${me.name} title=${me.about} ...${list.opener("dialog")}>
      <${Avatar} person=${me} size="large" />
      <span class="viewer-words">
        <span class="viewer-who"><small>You are looking through</small> <strong>${me.real_name}</strong></span>
        <span class="viewer-more"><span class="viewer-job">${whoAndWhere(me)}</span>
          <span class="viewer-time">${timeOfDay(now, me)}<span class="not-phone"> there</span></span></span>
      </span>
      <span class="viewer-switch"><span>Switch</span><${Icon} name="down" size=${15} /></span>
    </button>
    <${Strip} people=${people} me=${me} waiting=${waiting} />
    ${list.open && html`<${PeopleList} anchor=${list.anchor.current} waiting=${waiting} onClose=${list.close} />`}
  </div>`;
}

/** Everyone side by side: one click each, on wide screens. */
function Strip({ people, me, waiting }) {
  const everyone = groupsOf(people).flatMap((group) => group.people);
  const draw = (person) => html`<${StripPerson} key=${person.id} person=${person} here=${person.id === me.id}
    waits=${waiting.has(person.id)} shortcut=${PERSON_KEYS[everyone.indexOf(person)]} />`;
  return html`<div class="strip" role="group" aria-label="Switch person" onKeyDown=${roveKeys(".strip-person", { horizontal: true })}>
    ${groupsOf(people).map((group) => html`<span class="strip-group" key=${group.title}>${group.people.map(draw)}</span>`)}
  </div>`;
}

function StripPerson({ person, here, waits, shortcut }) {
  const words = `${person.real_name}, ${whoAndWhere(person)}${waits ? ", something new" : ""}`;
  return html`<button type="button" class=${names("strip-person", here && "here")} data-testid=${`strip-${person.name}`}
    tabindex=${here ? "0" : "-1"} aria-pressed=${here ? "true" : "false"} title=${shortcut ? `${words} (key ${shortcut})` : words}
    data-waits=${waits ? "true" : undefined} onClick=${() => visit(person.id)}>
    <${Avatar} person=${person} size="small" /><span class="unseen">${words}</span></button>`;
}

function PeopleList({ anchor, waiting, onClose }) {
  const { people, me } = useWorld();
  const now = useClock(10);
  const list = useRef(null);
  useLayoutEffect(() => (list.current.querySelector("[aria-current=true]") ?? list.current.querySelector(".person")).focus(), []);
  const choose = (person) => {
    onClose();
    visit(person.id);
  };
  const digits = (event) => {
    const person = !event.ctrlKey && !event.metaKey && personForKey(event.key, people);
    if (!person) return;
    event.preventDefault();
    event.stopPropagation();
    choose(person);
  };
  const everyone = groupsOf(people).flatMap((group) => group.people);
  const draw = (person) => html`<li key=${person.id}><${PersonRow} person=${person} me=${me} now=${now} here=${person.id === me.id}
    waits=${waiting.has(person.id)} shortcut=${PERSON_KEYS[everyone.indexOf(person)]} onPick=${() => choose(person)} /></li>`;
  const rove = roveKeys(".person");
  const keys = (event) => {
    rove(event);
    digits(event);
  };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} label="Look through someone else's eyes" className="people-box">
    <div ref=${list} onKeyDown=${keys}>
      ${groupsOf(people).map((group) => html`<div class="menu-heading">${group.title}</div>
        <ul aria-label=${group.title}>${group.people.map(draw)}</ul>`)}
    </div>
    <p class="people-foot">Press the key any time outside a text field, or Alt and the key inside one.</p>
  <//>`;
}

function PersonRow({ person, me, now, here, waits, shortcut, onPick }) {
  const hour = hourThere(person, now);
  const night = hour < 7 || hour >= 22;
  return html`<button type="button" class=${names("person", here && "here")} data-testid=${`person-${person.name}`}
    aria-current=${here ? "true" : undefined} onClick=${onPick}>
    <${Avatar} person=${person} size="small" />
    <span class="menu-words"><span>${person.real_name}${waits && html`<span class="tag new">new</span>`}</span><small>${whoAndWhere(person)}</small></span>
    <span class="person-time" title=${zoneGap(me, person, now)}>
      ${night && html`<${Icon} name="moon" size=${13} />`}${timeOfDay(now, person)}</span>
    ${shortcut && html`<kbd>${shortcut}</kbd>`}
  </button>`;
}
