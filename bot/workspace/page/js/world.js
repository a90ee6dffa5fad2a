// What every drawn text may refer to: people, channels, groups and the viewer. Values only; the store fills it in one place.

import { createContext, useContext, useEffect, useState } from "./ui.js";
import { clock, useStore } from "./store.js";

/** {people, channels: {id: name}, groups: {id: name}, me: person, botUser: id} */
export const World = createContext(null);

export function useWorld() {
  return useContext(World);
}

/** The workspace's time, drawn again every `seconds` and whenever it is moved: for clocks and "5 minutes ago". */
export function useClock(seconds = 20) {
  useStore(({ skew }) => skew);
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return clock();
}

export function nameOf(world, id) {
  return world.people[id]?.real_name || world.people[id]?.name || "Someone";
}
