// Things that open beside a button: a floating frame, a menu of actions, a list to choose from. Knows keys and places, not meanings.

import { html, names, useEffect, useId, useLayoutEffect, useRef, useState } from "./ui.js";

const GAP = 6;
const EDGE = 8;

/** A floating frame next to `anchor` (an element). It lives in the browser's top layer, so nothing clips it, modals included. */
export function Popover({ anchor, onClose, label, role = "dialog", align = "start", className = "", children }) {
  const frame = useRef(null);
  useLayoutEffect(() => {
    frame.current.showPopover();
    const put = () => frame.current && place(frame.current, anchor, align);
    put();
    const sizes = new ResizeObserver(put);
    sizes.observe(frame.current);
    addEventListener("resize", put);
    document.addEventListener("scroll", put, true);
    return () => {
      sizes.disconnect();
      removeEventListener("resize", put);
      document.removeEventListener("scroll", put, true);
    };
  }, [anchor]);
  useEffect(() => {
    const outside = (event) => !frame.current?.contains(event.target) && !anchor?.contains(event.target) && onClose(false);
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  });
  const keys = (event) => {
    event.stopPropagation(); // what is typed here is not for the list or the page below
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose(true);
  };
  return html`<div ref=${frame} popover="manual" class=${names("popover", className)} role=${role} aria-label=${label} onKeyDown=${keys}>
    ${children}</div>`;
}

function place(frame, anchor, align) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = frame;
  const below = innerHeight - at.bottom - GAP - EDGE;
  const top = height <= below || below > at.top ? at.bottom + GAP : at.top - GAP - height;
  const left = align === "end" ? at.right - width : at.left;
  frame.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
  frame.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
}

/** Open state for a button and its popover; closing gives the focus back when asked to. `opener(kind)` are the button's attributes. */
export function usePopover() {
  const anchor = useRef(null);
  const [open, setOpen] = useState(false);
  const close = (refocus = true) => {
    setOpen(false);
    if (refocus) anchor.current?.focus();
  };
  const toggle = () => setOpen((was) => !was);
  const opener = (kind) => ({ ref: anchor, "aria-haspopup": kind, "aria-expanded": open ? "true" : "false", onClick: toggle });
  return { anchor, open, close, toggle, show: () => setOpen(true), opener };
}

/** Moves the focus among the children that match `selector` with the arrow keys, Home and End. */
export function roveKeys(selector, { horizontal = false } = {}) {
  const [back, ahead] = horizontal ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  return (event) => {
    const all = [...event.currentTarget.querySelectorAll(selector)];
    const at = all.indexOf(document.activeElement);
    const to = { [back]: Math.max(at - 1, 0), [ahead]: Math.min(at + 1, all.length - 1), Home: 0, End: all.length - 1 }[event.key];
    const meant = !event.altKey && !event.ctrlKey && !event.metaKey && !event.target.matches("input, textarea");
    if (to === undefined || !all.length || !meant) return;
    event.preventDefault();
    all[to].focus();
  };
}

/** A menu of actions: items are {label, icon?, hint?, danger?, onPick, data?} or {heading}. */
export function Menu({ anchor, items, onClose, label, align }) {
  const list = useRef(null);
  useLayoutEffect(() => list.current?.querySelector("[role=menuitem]")?.focus(), []);
  const pick = (item) => {
    onClose(!item.keepsFocus);
    item.onPick();
  };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} role="presentation" align=${align} className="menu">
    <div role="menu" aria-label=${label} ref=${list} onKeyDown=${roveKeys("[role=menuitem]")}>
      ${items.map((item) => item.heading
        ? html`<div class="menu-heading" role="presentation">${item.heading}</div>`
        : html`<button type="button" role="menuitem" tabindex="-1" class=${names("menu-item", item.danger && "danger")} ...${item.data}
            onClick=${() => pick(item)}>
            ${item.icon}<span class="menu-words"><span>${item.label}</span>${item.hint && html`<small>${item.hint}</small>`}</span>
          </button>`)}
    </div>
  <//>`;
}

const FILTER_FROM = 9; // shorter lists are read faster than searched

/** A list to choose from: options are {key, label, hint?, group?, art?}. `chosen` is a Set of keys; `multi` keeps it open. */
export function Choice({ anchor, options, chosen = NONE, multi, onPick, onClose, label }) {
  const [typed, setTyped] = useState("");
  const shown = options.filter((option) => option.label.toLowerCase().includes(typed.trim().toLowerCase()));
  const [at, setAt] = useState(Math.max(0, options.findIndex((option) => chosen.has(option.key))));
  const id = useId("choice");
  const focus = useRef(null);
  const filtered = options.length >= FILTER_FROM;
  useLayoutEffect(() => focus.current.focus(), []);
  useLayoutEffect(() => document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" }), [at]);
  const keys = choiceKeys({ shown, at, setAt, onPick, onClose, spacePicks: !filtered });
  const search = (event) => {
    setTyped(event.target.value);
    setAt(0);
  };
  const active = `${id}-${at}`;
  const field = filtered && html`<input ref=${focus} class="choice-filter" type="text" role="combobox" aria-expanded="true" aria-controls=${id}
    aria-activedescendant=${active} aria-label=${`Search in ${label}`} placeholder="Search" value=${typed} autocomplete="off"
    onInput=${search} onKeyDown=${keys} />`;
  const self = filtered ? { tabindex: "-1" } : { ref: focus, tabindex: "0", "aria-activedescendant": active, onKeyDown: keys };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} label=${label} className="choice-box">
    ${field}
    <div role="listbox" id=${id} aria-label=${label} aria-multiselectable=${multi ? "true" : "false"} class="choice-list" ...${self}>
      ${shown.map((option, index) => html`
        ${option.group && option.group !== shown[index - 1]?.group && html`<div class="menu-heading" role="presentation">${option.group}</div>`}
        <${ChoiceRow} id=${`${id}-${index}`} option=${option} chosen=${chosen.has(option.key)} at=${index === at}
          onPoint=${() => setAt(index)} onPick=${() => onPick(option)} />`)}
      ${!shown.length && html`<p class="nothing">Nothing matches “${typed}”.</p>`}
    </div>
    ${multi && html`<button type="button" class="button small" onClick=${() => onClose(true)}>Done</button>`}
  <//>`;
}

const NONE = new Set();

function choiceKeys({ shown, at, setAt, onPick, onClose, spacePicks }) {
  return (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picks = event.key === "Enter" || (event.key === " " && spacePicks);
    if (step) setAt(Math.max(0, Math.min(shown.length - 1, at + step)));
    else if (picks && shown[at]) onPick(shown[at]);
    else if (event.key === "Tab") return onClose(true);
    else return;
    event.preventDefault();
  };
}

function ChoiceRow({ id, option, chosen, at, onPoint, onPick }) {
  return html`<div role="option" id=${id} class=${names("choice", at && "at")} aria-selected=${chosen ? "true" : "false"}
    data-option=${option.key} onPointerMove=${onPoint} onClick=${onPick}>
    ${option.art}<span class="menu-words"><span>${option.label}</span>${option.hint && html`<small>${option.hint}</small>`}</span>
    <span class="tick" aria-hidden="true">${chosen ? "✓" : ""}</span>
  </div>`;
}
