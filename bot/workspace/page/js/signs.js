// The small signs of people and rooms that stand in lists: an option with a face, the #, the lock. Draws; decides nothing.

import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";
import { html } from "./ui.js";

/** What the person does and where, in one line. */
export function whoAndWhere({ title, country }) {
  return [title, country].filter(Boolean).join(", ");
}

/** A person as an option of a list to choose from. */
export function personOption(person, label = person.real_name) {
  return { key: person.id, label, hint: whoAndWhere(person), value: person.id, art: html`<${Avatar} person=${person} size="small" />` };
}

/** The face of a conversation's other side, a lock, or a #. */
export function RoomSign({ channel, person, face, lock }) {
  if (person) return html`<${Avatar} person=${person} size=${face} />`;
  return channel.private ? html`<${Icon} name="lock" size=${lock} />` : "#";
}
