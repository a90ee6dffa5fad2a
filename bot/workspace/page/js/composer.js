// Where a person writes: text, emoji, pictures (real or pretended), slash commands, the app's global shortcuts. Sends and forgets.

import { catching, choosePictures } from "./attach.js";
import { completions } from "./complete.js";
import { EmojiPicker } from "./emojipicker.js";
import { Icon } from "./icons.js";
import { shortcutItem } from "./messagetools.js";
import { Menu, usePopover } from "./popover.js";
import { act, current, notify, useStore } from "./store.js";
import { html, names, useEffect, useId, useLayoutEffect, useRef, useState } from "./ui.js";

const drafts = new Map(); // "viewer channel thread" → {text, files}: what was begun stays while one looks elsewhere
const NOTHING = { text: "", files: [] };

/** `thread` is the thread's ts, or "" for the room itself. */
export function Composer({ channel, thread = "", placeholder, testId, onEditLast }) {
  const me = useStore(({ view }) => view.me);
  const key = `${me} ${channel.id} ${thread}`;
  const draft = useDraft(key);
  const field = useRef(null);
  const complete = useCompletion(draft, field, thread);
  const send = () => sendDraft(draft, channel, thread);
  useGrowing(field, draft.text);
  const keys = (event) => {
    if (event.isComposing || complete.keys(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && !thread) {
      leave(event);
    } else if (event.key === "ArrowUp" && !draft.text && onEditLast?.()) {
      event.preventDefault();
    }
  };
  const empty = !draft.text.trim() && !draft.files.length;
  return html`<form class="composer" onSubmit=${(event) => { event.preventDefault(); send(); }} ...${catching(draft.attach)}>
    ${complete.list}
    ${draft.files.length > 0 && html`<${Files} draft=${draft} />`}
    <div class="composer-row">
      <${PlusMenu} draft=${draft} channel=${channel} />
      <textarea ref=${field} rows="1" data-testid=${testId} placeholder=${placeholder} aria-label=${placeholder} value=${draft.text}
        onInput=${(event) => draft.set({ text: event.target.value })} onKeyDown=${keys} ...${complete.attributes}></textarea>
      <${EmojiButton} draft=${draft} field=${field} />
      <button type="submit" class=${names("send", empty && "idle")} aria-label="Send" title="Send (Enter)"
        aria-disabled=${empty ? "true" : undefined} data-testid=${thread ? "thread-send" : "send"}><${Icon} name="send" size=${18} /></button>
    </div>
  </form>`;
}

function Files({ draft }) {
  const without = (file) => draft.set({ files: draft.files.filter((one) => one !== file) });
  return html`<div class="composer-files">${draft.files.map((file) => html`<span class="chip" key=${file.name} data-testid="attached">
    <${Icon} name="image" size=${14} />${file.name}
    <button type="button" class="chip-x" aria-label=${`Remove ${file.name}`} onClick=${() => without(file)}>
      <${Icon} name="close" size=${11} /></button>
  </span>`)}</div>`;
}

// Esc steps out to the newest message, where single keys work.
function leave(event) {
  event.preventDefault();
  event.target.blur();
  document.querySelector("[data-testid=room-messages] article[tabindex='0']")?.focus();
}

function useDraft(key) {
  const [, draw] = useState(0);
  const set = (part) => {
    drafts.set(key, { ...(drafts.get(key) ?? NOTHING), ...part });
    draw((count) => count + 1);
  };
  const attach = (files) => set({ files: [...(drafts.get(key) ?? NOTHING).files, ...files] });
  return { ...(drafts.get(key) ?? NOTHING), key, set, attach };
}

function useGrowing(field, text) {
  useLayoutEffect(() => {
    field.current.style.height = "auto";
    field.current.style.height = `${Math.min(field.current.scrollHeight, innerHeight * 0.4)}px`;
  }, [text]);
}

/** Sends what is written; text that did not arrive comes back into the field. */
async function sendDraft(draft, channel, thread) {
  const { text, files } = draft;
  if (!text.trim() && !files.length) return;
  const command = /^\/[\w-]+/.exec(text)?.[0];
  if (command && !canRun(command, thread)) return;
  draft.set(NOTHING);
  const answer = command
    ? await act("command", { command, text: text.slice(command.length).trim(), channel: channel.id })
    : await say(channel.id, text.trim(), { thread, files });
  if (!answer.ok) draft.set({ text, files });
}

/** One message of the viewer. */
export function say(channel, text, { thread = "", files = [] } = {}) {
  return act("say", { channel, text, ...(thread && { thread_ts: thread }), ...(files.length && { files }) });
}

function canRun(command, thread) {
  const known = current().view.commands.some((one) => one.command === command);
  if (!known) notify(`There is no ${command} here. Write / to see what there is, or put a space in front to send it as text.`);
  else if (thread) notify(`${command} works in the room itself, not in a thread. Write it there, or put a space in front to send it as text.`);
  return known && !thread;
}

function PlusMenu({ draft, channel }) {
  const menu = usePopover();
  const shortcuts = useStore(({ view }) => view.shortcuts);
  const attach = async () => draft.attach(await choosePictures());
  const pretend = () => draft.attach([{ name: `screenshot-${draft.files.length + 1}.png` }]);
  const own = shortcuts.filter(({ type }) => type === "global");
  const items = [
    {
      label: "Attach a picture", hint: "From this computer, up to 5 MB; it stays here", icon: html`<${Icon} name="image" />`,
      data: { "data-testid": "attach-picture" }, onPick: attach,
    },
    {
      label: "Pretend a screenshot", hint: "Only a name is sent", icon: html`<${Icon} name="eye" />`,
      data: { "data-testid": "attach" }, onPick: pretend,
    },
    ...(own.length ? [{ heading: "Do with an app" }] : []),
    ...own.map((shortcut) => ({
      ...shortcutItem(shortcut), onPick: () => act("shortcut", { callback_id: shortcut.callback_id, channel: channel.id }),
    })),
  ];
  const words = "Attach or start something";
  return html`<button type="button" class="icon-button" aria-label=${words} title=${words} ...${menu.opener("menu")}><${Icon} name="plus" /></button>
    ${menu.open && html`<${Menu} anchor=${menu.anchor.current} items=${items} onClose=${menu.close} label=${words} />`}`;
}

function EmojiButton({ draft, field }) {
  const grid = usePopover();
  const pick = (name) => {
    const at = field.current.selectionStart;
    draft.set({ text: `${draft.text.slice(0, at)}:${name}: ${draft.text.slice(at)}` });
    grid.close(false);
    field.current.focus();
  };
  return html`<button type="button" class="icon-button emoji-button" aria-label="Add an emoji" title="Add an emoji" ...${grid.opener("dialog")}>
      <${Icon} name="smile" /></button>
    ${grid.open && html`<${EmojiPicker} anchor=${grid.anchor.current} onPick=${pick} onClose=${grid.close} align="end" />`}`;
}

/** The list above the field while a command, emoji, person or channel is being named: {list, keys, attributes of the field}. */
function useCompletion(draft, field, thread) {
  const id = useId("complete");
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(null);
  const [, draw] = useState(0);
  const caretAfter = useRef(null); // where the caret belongs once the completed text is in the field
  useEffect(() => setAt(0), [draft.text]);
  useLayoutEffect(() => {
    if (caretAfter.current !== null) field.current.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = null;
  }, [draft.text]);
  const caret = Math.min(field.current?.selectionStart ?? 0, draft.text.length);
  const found = completions(draft.text, caret, { ...current().view, inThread: Boolean(thread) });
  const open = found && closed !== draft.text ? found : null;
  const take = ({ insert }) => {
    const head = draft.text.slice(0, open.from) + insert;
    caretAfter.current = head.length;
    draft.set({ text: head + draft.text.slice(caret) });
    field.current.focus();
  };
  const typed = open && draft.text.slice(open.from, caret);
  const close = () => setClosed(draft.text);
  const keys = (event) => open && !event.shiftKey && completionKey(event, { options: open.options, at, setAt, typed, take, close });
  const list = open && html`<${Completions} id=${id} options=${open.options} at=${at} setAt=${setAt} take=${take} />`;
  const caretMoved = (event) => draw(event.target.selectionStart);
  const attributes = {
    "aria-autocomplete": "list", "aria-controls": open ? id : undefined, "aria-activedescendant": open ? `${id}-${at}` : undefined,
    onKeyUp: caretMoved, onClick: caretMoved,
  };
  return { list, keys, attributes };
}

/** True when the key was meant for the list. Enter on a name that is already whole is left to the composer: it sends. */
function completionKey(event, { options, at, setAt, typed, take, close }) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const picked = options[at] ?? options[0];
  if (step) setAt((at + step + options.length) % options.length);
  else if (event.key === "Tab" || (event.key === "Enter" && typed !== picked.insert.trim())) take(picked);
  else if (event.key === "Escape") close();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function Completions({ id, options, at, setAt, take }) {
  const press = (option) => (event) => {
    event.preventDefault(); // the field keeps the focus
    take(option);
  };
  return html`<div class="complete" role="listbox" id=${id} aria-label="Suggestions">
    ${options.map((option, index) => html`<div role="option" key=${option.key} id=${`${id}-${index}`} class=${names("choice", index === at && "at")}
      aria-selected=${index === at ? "true" : "false"} onPointerMove=${() => setAt(index)} onPointerDown=${press(option)}>
      <span class="menu-words"><span>${option.label}</span>${option.hint && html`<small>${option.hint}</small>`}</span></div>`)}
  </div>`;
}
