// The workspace's clock where it can be moved: what time it is here and where the agents are, and the buttons that move it forward.

import { dayNumber, hourThere, shortDay, timeOfDay, today, zoneGap } from "./clock.js";
import { Icon } from "./icons.js";
import { roveKeys } from "./popover.js";
import { act, clock, useStore } from "./store.js";
import { html, useEffect, useRef, useState } from "./ui.js";
import { useClock, useWorld } from "./world.js";

const MOVES = [
  { name: "15min", label: "+15 min", words: "15 minutes forward", fields: { seconds: 900 } },
  { name: "1h", label: "+1 h", words: "1 hour forward", fields: { seconds: 3600 } },
  { name: "4h", label: "+4 h", words: "4 hours forward", fields: { seconds: 14400 } },
  { name: "morning", label: "Next morning", words: "to the next morning, 9 o’clock here", fields: { to: "next_morning" } },
  { name: "monday", label: "Next Monday", words: "to the next Monday, 9 o’clock here", fields: { to: "next_monday" } },
];

export function ClockBar() {
  const movable = useStore(({ view }) => Boolean(view.clock));
  return movable && html`<${Bar} />`;
}

function Bar() {
  const { me, people } = useWorld();
  const now = useClock(5);
  const said = useMoves(me);
  const here = me.city || me.country;
  return html`<section class="clockbar" aria-label="The workspace’s clock" data-testid="clockbar">
    <p class="clock-here"><${Icon} name="clock" /><span><strong data-testid="clock-here">${timeOfDay(now, me)}</strong>
      <span>${today(now, me, { short: true })}${here && `, ${here}`}</span></span></p>
    <ul class="clock-places" aria-label="Where the agents are">${placesOf(people, me, now).map((place) => html`<${Place} key=${place.tz}
      place=${place} me=${me} now=${now} />`)}</ul>
    <${Moves} />
    <p class="unseen" role="status" data-testid="clock-said">${said}</p>
  </section>`;
}

/** What a screen reader is told each time the clock was moved, by whomever. */
function useMoves(me) {
  const offset = useStore(({ view }) => view.clock?.offset);
  const before = useRef(offset);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (offset !== before.current) setSaid(`It is now ${timeOfDay(clock(), me)} on ${today(clock(), me)}.`);
    before.current = offset;
  }, [offset]);
  return said;
}

/** Agents whose clocks show the same stand together, from west to east: [{tz, person, cities, names}]. */
function placesOf(people, me, now) {
  const places = new Map();
  for (const person of Object.values(people).filter(({ role }) => role === "agent")) {
    const gap = zoneGap(me, person, now);
    const place = places.get(gap) ?? { tz: person.tz, person, cities: [], names: [] };
    if (!place.cities.includes(person.city)) place.cities.push(person.city);
    place.names.push(person.real_name.split(" ")[0]);
    places.set(gap, place);
  }
  return [...places.values()].sort((one, other) => clockValue(one, now) - clockValue(other, now));
}

function clockValue({ person }, now) {
  return dayNumber(now, person) * 24 + hourThere(person, now);
}

function Place({ place, me, now }) {
  const { person, cities, names } = place;
  const hour = hourThere(person, now);
  const night = hour < 7 || hour >= 22;
  const otherDay = dayNumber(now, person) !== dayNumber(now, me);
  return html`<li class="clock-place" data-testid=${`clock-${person.name}`} title=${`${names.join(", ")}: ${zoneGap(me, person, now)}`}>
    <span class="clock-where">${cities.join(", ")} <small>${names.join(", ")}</small></span>
    <span class="clock-time">${night && html`<${Icon} name="moon" size=${13} /><span class="unseen">night, </span>`}
      ${otherDay && `${shortDay(now, person)} `}${timeOfDay(now, person)}</span>
  </li>`;
}

function Moves() {
  const [busy, setBusy] = useState(false);
  const move = async (fields) => {
    if (busy) return;
    setBusy(true);
    await act("move_clock", fields);
    setBusy(false);
  };
  return html`<div class="clock-moves" role="toolbar" aria-label="Move the clock" aria-busy=${busy ? "true" : undefined}
      onKeyDown=${roveKeys("button", { horizontal: true })}>
    ${MOVES.map(({ name, label, words, fields }) => html`<button type="button" key=${name} class="button small" data-testid=${`move-${name}`}
      aria-label=${`${label}: move the clock ${words}`} title=${`Move the clock ${words}`} onClick=${() => move(fields)}>${label}</button>`)}
  </div>`;
}
