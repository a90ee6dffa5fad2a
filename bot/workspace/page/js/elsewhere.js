// For whom something new waits while one looks through somebody else's eyes. Asks for the others' views, one by one, when all is quiet.

import { fetchView } from "./protocol.js";
import { useStore } from "./store.js";
import { useEffect, useState } from "./ui.js";

const QUIET_MS = 900;

/** A Set of the ids of people who are called, written to, or have news in a private room. `wanted` false asks nobody. */
export function useWaiting(wanted) {
  const version = useStore(({ view }) => view.version);
  const [waiting, setWaiting] = useState(new Set());
  const me = useStore(({ view }) => view.me);
  const people = useStore(({ view }) => view.people);
  useEffect(() => {
    let stale = !wanted;
    const others = Object.values(people).filter(({ id, role }) => role !== "app" && id !== me);
    const timer = setTimeout(async () => {
      const found = new Set();
      for (const { id } of others) {
        if (stale || document.hidden) return;
        const view = await fetchView(id).catch(() => null);
        if (view && isCalled(view)) found.add(id);
      }
      if (!stale) setWaiting(found);
    }, QUIET_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [version, me, wanted]);
  return waiting;
}

function isCalled({ channels }) {
  return channels.some(({ mentions, unread, private: closed }) => mentions > 0 || (closed && unread > 0));
}
