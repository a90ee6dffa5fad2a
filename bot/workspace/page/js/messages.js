// The scrolling list of messages of a room or a thread: days, the "New" line, staying at the end, keys. Knows no composer.

import { dayLabel, dayNumber } from "./clock.js";
import { Message } from "./message.js";
import { roveKeys } from "./popover.js";
import { useStore } from "./store.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "./ui.js";
import { useClock, useWorld } from "./world.js";

const TOGETHER_SECONDS = 300; // messages of one person this close share one name and time
const NEAR_PX = 60; // this close to the end counts as being there
const GAP_PX = 10;

/** `freshFrom`: the "New" line stands above the first message of somebody else after this moment. */
export function MessageList({ id, label, messages, channel, where, freshFrom, statuses = {}, onSeen, children }) {
  const { me } = useWorld();
  const now = useClock(60); // "Today" becomes "Yesterday" at midnight
  const list = useEnd(id, messages, onSeen);
  return html`<div class="scroller" ref=${list.scroller} onScroll=${list.onScroll} data-testid=${`${where}-messages`}>
    <div class="scrolled" ref=${list.content}>
      ${children}
      <ol class="messages" aria-label=${label} onKeyDown=${roveKeys("article[data-ts]")} onFocusIn=${keepOne}>
        ${rows(messages, me, freshFrom).map(({ message, day, fresh, compact }) => html`<li key=${`${me.id} ${message.ts}`}>
          ${day && html`<div class="day" role="separator"><span>${dayLabel(Number(message.ts), me, now)}</span></div>`}
          ${fresh && html`<div class="fresh-line" role="separator" data-testid="new-line"><span>New</span></div>`}
          <${Message} message=${message} channel=${channel} where=${where} compact=${compact} status=${statuses[message.ts]}
            freshReply=${Boolean(freshFrom) && Number(message.latest_reply) > Number(freshFrom)} />
        </li>`)}
      </ol>
    </div>
    ${list.below && html`<button type="button" class="jump" onClick=${list.toEnd}>New messages ↓</button>`}
  </div>`;
}

function rows(messages, me, freshFrom) {
  let marked = false;
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const day = !before || dayNumber(Number(before.ts), me) !== dayNumber(Number(message.ts), me);
    const fresh = !marked && freshFrom && Number(message.ts) > Number(freshFrom) && message.user !== me.id;
    marked ||= Boolean(fresh);
    return { message, day, fresh, compact: !day && !fresh && together(before, message) };
  });
}

function together(before, message) {
  const plain = (one) => !one.subtype || one.subtype === "bot_message" || one.subtype === "file_share";
  return before.user === message.user && Boolean(before.ephemeral) === Boolean(message.ephemeral) && plain(before) && plain(message)
    && !before.reply_count && Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS;
}

// One message at a time takes part in the Tab order: the last one focused, at first the newest.
function keepOne(event) {
  const article = event.target.closest("article[data-ts]");
  for (const other of event.currentTarget.querySelectorAll("article[tabindex='0']")) other.tabIndex = -1;
  if (article) article.tabIndex = 0;
}

/** Keeps the list at its end while it is there, goes to a linked message; tells when its last message has been seen. */
function useEnd(id, messages, onSeen) {
  const linked = useStore((state) => state.linked);
  const scroller = useRef(null);
  const content = useRef(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const lastTs = messages[messages.length - 1]?.ts;
  const keepUp = () => {
    if (!scroller.current) return; // it was just left
    const rest = restingPlace(scroller.current, content.current);
    if (atEnd.current && scroller.current.scrollTop < rest) scroller.current.scrollTop = rest;
  };
  const toEnd = () => {
    atEnd.current = true;
    keepUp();
  };
  const seen = () => {
    if (atEnd.current && document.visibilityState === "visible") onSeen?.();
  };
  const onScroll = () => {
    atEnd.current = scroller.current.scrollTop > restingPlace(scroller.current, content.current) - NEAR_PX;
    if (atEnd.current) setBelow(false);
    seen();
  };
  useLayoutEffect(() => {
    atEnd.current = true;
    scroller.current.scrollTop = restingPlace(scroller.current, content.current);
    const line = content.current.querySelector(".fresh-line");
    if (!line || line.offsetTop > scroller.current.scrollTop) return;
    atEnd.current = false; // what is new starts above the window: begin there
    scroller.current.scrollTop = line.offsetTop - NEAR_PX;
  }, [id]);
  useLayoutEffect(() => {
    const article = linked && content.current.querySelector(`article[data-ts="${linked.ts}"]`);
    if (!article) return;
    atEnd.current = false;
    article.scrollIntoView({ block: "center" });
    article.focus({ preventScroll: true });
  }, [id, linked]);
  useResized([content, scroller], keepUp);
  useEffect(() => {
    setBelow(!atEnd.current);
    seen();
    if (!content.current.querySelector("article[tabindex='0']")) lastArticle(content.current)?.setAttribute("tabindex", "0");
    addEventListener("visibilitychange", seen);
    return () => removeEventListener("visibilitychange", seen);
  }, [id, lastTs]);
  return { scroller, content, onScroll, toEnd, below };
}

function useResized(parts, callback) {
  useLayoutEffect(() => {
    const sizes = new ResizeObserver(callback);
    for (const part of parts) sizes.observe(part.current);
    return () => sizes.disconnect();
  }, []);
}

/** Where the list comes to rest: at its bottom, or at the start of a newest message that is taller than the window. */
function restingPlace(scroller, content) {
  const last = lastArticle(content);
  const bottom = scroller.scrollHeight - scroller.clientHeight;
  return last && last.offsetHeight > scroller.clientHeight ? Math.min(bottom, last.parentElement.offsetTop - GAP_PX) : bottom;
}

function lastArticle(content) {
  const all = content.querySelectorAll("article[data-ts]");
  return all[all.length - 1];
}
