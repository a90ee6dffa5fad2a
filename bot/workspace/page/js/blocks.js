// Draws the blocks of Block Kit. What it does not know it shows as unknown, so that a test or a person notices.

import { Element } from "./elements.js";
import { Icon } from "./icons.js";
import { Markdown, Plain, TextObject, Unknown, drawBlock, drawNode } from "./rich.js";
import { readRichText } from "./richtext.js";
import { Surface } from "./surface.js";
import { html, useContext, useErrorBoundary, useId } from "./ui.js";
import { useWorld } from "./world.js";
import { blockKey } from "./values.js";

/** A list of blocks on a surface (see surface.js). */
export function BlockKit({ surface }) {
  return html`<${Surface.Provider} value=${surface}>
    <div class="blocks">${surface.blocks.map(drawGuarded)}</div>
  <//>`;
}

function drawGuarded(block, index) {
  const name = blockKey(block, index);
  return html`<${Guard} key=${`${name} ${block.type}`} type=${block.type}><${Block} block=${block} name=${name} /><//>`;
}

/** A block that breaks while it is drawn becomes an unknown one; the rest of the message stays readable. */
function Guard({ type, children }) {
  const [error] = useErrorBoundary((problem) => console.warn(`A ${type} block could not be drawn:`, problem));
  return error ? html`<${Unknown} type=${type} />` : children;
}

function Block({ block, name }) {
  const Draw = BLOCKS[block.type];
  return Draw ? html`<${Draw} block=${block} name=${name} />` : html`<${Unknown} type=${block.type} />`;
}

function Section({ block, name }) {
  return html`<div class="block section">
    <div class="section-words">
      ${block.text && html`<${TextObject} text=${block.text} />`}
      ${block.fields && html`<div class="fields">${block.fields.map((field) => html`<div><${TextObject} text=${field} /></div>`)}</div>`}
    </div>
    ${block.accessory && html`<div class="accessory"><${Element} element=${block.accessory} block=${name} /></div>`}
  </div>`;
}

function Context({ block, name }) {
  return html`<div class="block context">${block.elements.map((element) => html`<${Element} element=${element} block=${name} />`)}</div>`;
}

function Actions({ block, name }) {
  return html`<div class="block actions">${block.elements.map((element) =>
    html`<${Element} key=${element.action_id} element=${element} block=${name} />`)}</div>`;
}

function Header({ block }) {
  return html`<p class="block header" role="heading" aria-level="3"><${Plain} text=${block.text.text} /></p>`;
}

function Image({ block }) {
  const { me } = useWorld();
  if (block.slack_file?.id) {
    const address = `/page/file/${block.slack_file.id}?as=${me.id}`;
    return html`<figure class="block picture"><a class="shared-picture" href=${address} target="_blank" rel="noopener"
      title=${`Open ${block.alt_text}`}><img src=${address} alt=${block.alt_text} loading="lazy" /></a></figure>`;
  }
  return html`<figure class="block picture">
    <div class="picture-frame"><${Icon} name="image" size=${28} /><span>${block.alt_text}</span></div>
    <figcaption>${block.title ? html`<${Plain} text=${block.title.text} />` : "Pictures from elsewhere are not loaded here."}</figcaption>
  </figure>`;
}

function Input({ block, name }) {
  const { errors = {} } = useContext(Surface);
  const id = useId("input");
  const error = errors[name];
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  return html`<div class="block input" data-block-id=${name} data-error=${error ? "true" : undefined}>
    <label class="input-label" id=${id} for=${`${id}-control`}><${Plain} text=${block.label.text} />
      ${block.optional && html`<span class="optional">optional</span>`}</label>
    <${Element} element=${block.element} block=${name} silent=${!block.dispatch_action} dispatches=${block.dispatch_action}
      control=${`${id}-control`} labelled=${id} described=${described} invalid=${Boolean(error)} />
    ${error && html`<p class="input-error" id=${`${id}-error`} role="alert">${error}</p>`}
    ${block.hint && html`<p class="input-hint" id=${`${id}-hint`}><${Plain} text=${block.hint.text} /></p>`}
  </div>`;
}

function RichText({ block }) {
  return html`<div class="block rich">${readRichText(block).map(drawBlock)}</div>`;
}

function Table({ block }) {
  const settings = block.column_settings ?? [];
  const cell = (row) => (content, index) => {
    const tag = row === 0 ? "th" : "td";
    const look = `align-${settings[index]?.align ?? "left"}${settings[index]?.is_wrapped ? "" : " tight"}`;
    return html`<${tag} class=${look}>${drawCell(content)}<//>`;
  };
  return html`<div class="block table-frame" tabindex="0" role="group" aria-label="Table"><table>
    <tbody>${block.rows.map((row, at) => html`<tr>${row.map(cell(at))}</tr>`)}</tbody>
  </table></div>`;
}

function drawCell(content) {
  if (content.type === "rich_text") {
    return readRichText(content).map((part) => (part.kind === "lines" ? part.nodes.map(drawNode) : drawBlock(part)));
  }
  if (content.type === "raw_text" || content.type === "raw_number") return html`<${Plain} text=${content.text ?? content.value} />`;
  return html`<${Unknown} type=${content.type} />`;
}

const BLOCKS = {
  section: Section, context: Context, actions: Actions, context_actions: Actions, header: Header, image: Image, input: Input,
  rich_text: RichText, table: Table,
  divider: () => html`<hr class="block" />`,
  markdown: ({ block }) => html`<div class="block"><${Markdown} text=${block.text} /></div>`,
};
