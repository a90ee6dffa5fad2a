// Speaks new messages to screen readers: what others write in the room or thread in sight. Draws nothing that can be seen.

import { channelInSight, clock, useStore } from "./store.js";
import { html, useEffect, useRef, useState } from "./ui.js";
import { plainWords } from "./plainwords.js";
import { nameOf, useWorld } from "./world.js";

const LONGEST = 160;

export function Announcer() {
  const world = useWorld();
  const view = useStore((state) => state.view);
  const place = useStore((state) => state.place);
  const channel = useStore(channelInSight);
  const heard = useRef({ where: "", upTo: 0 });
  const [words, setWords] = useState("");
  const where = `${view.me} ${channel?.id} ${place.thread}`;
  useEffect(() => {
    const inSight = [...(view.messages[channel?.id] ?? []), ...(view.replies[channel?.id]?.[place.thread] ?? [])];
    const upTo = Math.max(0, ...inSight.map(({ ts }) => Number(ts)));
    const fresh = inSight.filter(({ ts, user }) => Number(ts) > heard.current.upTo && user !== view.me);
    if (heard.current.where === where && fresh.length) setWords(fresh.map((message) => sentence(message, world)).join(" "));
    heard.current = { where, upTo };
  }, [view, where]);
  return html`<div class="unseen" aria-live="polite" data-testid="announcer">${words}</div>`;
}

function sentence(message, world) {
  const words = plainWords(message.text, world, clock());
  return `${nameOf(world, message.user ?? world.botUser)}: ${words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words}`;
}
