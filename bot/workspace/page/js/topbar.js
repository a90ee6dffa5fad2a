// The bar over everything: the workspace's name, whose eyes one looks through, light or dark, the keys.

import { Icon, Mark } from "./icons.js";
import { useStore } from "./store.js";
import { nextTheme, theme } from "./themes.js";
import { html, useState } from "./ui.js";
import { Viewer } from "./viewer.js";

export function TopBar({ onKeys }) {
  const team = useStore(({ view }) => view.team.name);
  return html`<header class="topbar">
    <div class="brand"><${Mark} /><div><h1>Local workspace</h1><p>${team}</p></div></div>
    <${Viewer} />
    <div class="topbar-end">
      <${ThemeButton} />
      <button type="button" class="icon-button not-phone" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick=${onKeys}>
        <${Icon} name="keys" /></button>
    </div>
  </header>`;
}

const THEMES = { auto: ["auto", "as the system"], light: ["sun", "light"], dark: ["moon", "dark"] };

function ThemeButton() {
  const [now, setNow] = useState(theme);
  const [icon, words] = THEMES[now];
  return html`<button type="button" class="icon-button" data-testid="theme" data-theme-now=${now} title=${`Colours: ${words}`}
    aria-label=${`Colours: ${words}. Change`} onClick=${() => setNow(nextTheme())}><${Icon} name=${icon} /></button>`;
}
