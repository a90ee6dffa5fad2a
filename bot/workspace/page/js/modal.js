// The app's modal: its blocks as a form, its errors beside the fields, its way out. The values live here until they are sent.

import { BlockKit } from "./blocks.js";
import { Dialog } from "./dialog.js";
import { Plain } from "./rich.js";
import { act } from "./store.js";
import { useValues } from "./surface.js";
import { html, useEffect, useMemo, useRef, useState } from "./ui.js";
import { missing, stateOf } from "./values.js";

/** `modal` is the view's {id, view, errors}; give it a key of the id, so that another modal starts afresh. */
export function Modal({ modal }) {
  const { id, view, errors: said = {} } = modal;
  const blocks = view.blocks ?? [];
  const { values, set } = useValues();
  const [own, setOwn] = useState({});
  const [busy, setBusy] = useState(false);
  const body = useRef(null);
  const errors = useMemo(() => ({ ...said, ...own }), [said, own]);
  useEffect(() => showFirst(body.current), [errors]);
  const change = (block, action, value) => {
    set(block, action, value);
    if (own[block]) setOwn(({ [block]: _gone, ...rest }) => rest);
  };
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const empty = missing(blocks, values);
    setOwn(empty);
    if (Object.keys(empty).length) return;
    setBusy(true);
    await act("submit", { view_id: id, state: stateOf(blocks, values) });
    setBusy(false);
  };
  const close = () => act("close", { view_id: id });
  const surface = { blocks, values, errors, set: change, address: { view_id: id } };
  return html`<${Dialog} title=${html`<${Plain} text=${view.title?.text ?? ""} />`} onClose=${close} testId="modal">
    <form onSubmit=${submit} novalidate class="dialog-form">
      <div class="dialog-body" ref=${body}><${BlockKit} surface=${surface} /></div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${close} data-testid="modal-close">
          <${Plain} text=${view.close?.text ?? "Close"} /></button>
        ${view.submit && html`<button type="submit" class="button primary" data-testid="modal-submit" aria-busy=${busy ? "true" : undefined}>
          <${Plain} text=${view.submit.text} /></button>`}
      </footer>
    </form>
  <//>`;
}

function showFirst(body) {
  const block = body?.querySelector("[data-error=true]");
  block?.scrollIntoView({ block: "nearest" });
  block?.querySelector("input, textarea, button")?.focus();
}
