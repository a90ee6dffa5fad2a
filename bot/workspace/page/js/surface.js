// What a block stands on: a message, a modal or a Home tab. Gives the elements their values and carries a press to the server.

import { Confirm } from "./dialog.js";
import { act } from "./store.js";
import { createContext, html, useContext, useState } from "./ui.js";
import { fieldOf, initialValue, stateOf } from "./values.js";

/** {blocks, values, errors?, set(block, action, value), address: what the press act needs to find the surface} */
export const Surface = createContext(null);

/** Values that people chose on a surface so far, with their setter. */
export function useValues() {
  const [values, setValues] = useState({});
  const set = (block, action, value) => setValues((old) => ({ ...old, [block]: { ...old[block], [action]: value } }));
  return { values, set, clear: () => setValues({}) };
}

/** {press, busy, question}: press(fields) sends one action; where the element has a `confirm`, `question` asks first. */
export function usePress(element, block) {
  const surface = useContext(Surface);
  const [busy, setBusy] = useState(false);
  const [waiting, setWaiting] = useState(null);
  const send = async (fields, values = surface.values) => {
    setBusy(true);
    const { type, action_id } = element;
    await act("press", { ...surface.address, action_id, block_id: block, type, state: stateOf(surface.blocks, values), ...fields });
    setBusy(false);
  };
  const press = (fields, values) => {
    if (busy) return;
    if (element.confirm) setWaiting({ fields, values });
    else send(fields, values);
  };
  const answer = (yes) => {
    setWaiting(null);
    if (yes) send(waiting.fields, waiting.values);
  };
  const question = waiting && html`<${Confirm} confirm=${element.confirm} onYes=${() => answer(true)} onNo=${() => answer(false)} />`;
  return { press, busy, question };
}

/** The value of an input element: {value, change, busy, question}; a change outside an input block is also a press. */
export function useInput({ element, block, silent }) {
  const surface = useContext(Surface);
  const { press, busy, question } = usePress(element, block);
  const kept = surface.values[block]?.[element.action_id];
  const value = kept === undefined ? initialValue(element) : kept;
  const change = (next) => {
    surface.set(block, element.action_id, next);
    if (silent) return;
    const values = { ...surface.values, [block]: { ...surface.values[block], [element.action_id]: next } };
    press({ [fieldOf(element)]: next }, values);
  };
  return { value, change, press, busy, question, surface };
}
