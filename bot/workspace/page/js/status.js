// The line between messages and composer: what the app is doing now, or that it is away. Its height is always there, so nothing jumps.

import { useStore } from "./store.js";
import { html } from "./ui.js";
import { nameOf, useWorld } from "./world.js";

/** `thread` limits the line to one thread; "" shows whatever goes on in the room. */
export function StatusLine({ channel, thread = "" }) {
  const world = useWorld();
  const status = useStore(({ view }) => view.status);
  const connected = useStore(({ view }) => view.bot.connected);
  const app = nameOf(world, world.botUser);
  const doing = statusOf(status, channel.id, thread);
  if (doing) {
    const dots = html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;
    return html`<p class="status-line" data-testid="status-line" role="status">${dots}${app} ${doing}</p>`;
  }
  const away = !connected && channel.members?.includes(world.botUser);
  return html`<p class="status-line" data-testid="status-line" role="status">
    ${away && html`<span class="away-dot" aria-hidden="true"></span>${app} is offline; messages wait and will be answered.`}</p>`;
}

function statusOf(status = {}, channel, thread) {
  if (thread) return status[`${channel}/${thread}`];
  const keys = Object.keys(status).filter((key) => key === channel || key.startsWith(`${channel}/`));
  return keys.map((key) => status[key]).find(Boolean);
}
