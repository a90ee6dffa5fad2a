// The app's Home tab: a view of blocks that the app has published for this viewer.

import { BlockKit } from "./blocks.js";
import { act, useStore } from "./store.js";
import { useValues } from "./surface.js";
import { html, useEffect } from "./ui.js";
import { nameOf, useWorld } from "./world.js";

export function Home({ app }) {
  const world = useWorld();
  const view = useStore((state) => state.view.home?.[app]);
  const connected = useStore((state) => state.view.bot.connected);
  useEffect(() => {
    act("open_home", { tab: "home" }, { quiet: true });
  }, [world.me.id, app]);
  const waiting = html`<${Waiting} name=${nameOf(world, app)} connected=${connected} />`;
  return html`<div class="scroller home" data-testid="home" tabindex="0" role="tabpanel" id="panel-home" aria-label="Home">
    <div class="home-page">${view ? html`<${HomeView} key=${world.me.id} view=${view} />` : waiting}</div>
  </div>`;
}

function HomeView({ view }) {
  const { values, set } = useValues();
  const blocks = view.blocks ?? [];
  const surface = { blocks, values, set, address: { view_id: view.id } };
  return html`<${BlockKit} surface=${surface} />`;
}

function Waiting({ name, connected }) {
  if (!connected) return html`<p class="nothing">${name} is offline. Its Home tab appears here as soon as it is back.</p>`;
  return html`<div class="skeleton" aria-label=${`${name} prepares this tab`}><i></i><i></i><i></i></div>`;
}
