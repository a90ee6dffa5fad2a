// Starts the page: opens the store and draws the app.

import { App } from "./app.js";
import { open } from "./store.js";
import { html, render } from "./ui.js";

const root = document.getElementById("app");
render(html`<${App} />`, root);
open(root.dataset.firstViewer);
