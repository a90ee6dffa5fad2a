// A dialog that keeps the focus inside and closes with Esc (the browser's own <dialog>), and the question before a risky press.

import { TextObject } from "./rich.js";
import { Icon } from "./icons.js";
import { html, names, useId, useLayoutEffect, useRef } from "./ui.js";

/** A titled dialog over everything; `onClose` is asked by Esc, by the cross, and by nothing else. */
export function Dialog({ title, onClose, className, testId, children }) {
  const frame = useRef(null);
  const id = useId("dialog");
  useLayoutEffect(() => {
    const before = document.activeElement;
    frame.current.showModal();
    firstField(frame.current)?.focus();
    return () => before?.isConnected && before.focus();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${frame} class=${names("dialog", className)} data-testid=${testId} aria-labelledby=${id} onCancel=${cancel}
    onKeyDown=${(event) => event.stopPropagation()}>
    <header class="dialog-head">
      <h2 id=${id}>${title}</h2>
      <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>
    </header>
    ${children}
  </dialog>`;
}

function firstField(frame) {
  const fields = "input:not([disabled]), textarea, [aria-haspopup=listbox], .dialog-body button, .dialog-foot button";
  return frame.querySelector(fields);
}

/** The `confirm` object of a button or select, as a question with its two answers. */
export function Confirm({ confirm, onYes, onNo }) {
  return html`<${Dialog} title=${html`<${TextObject} text=${confirm.title} />`} onClose=${onNo} className="narrow" testId="confirm">
    <div class="dialog-body"><${TextObject} text=${confirm.text} /></div>
    <footer class="dialog-foot">
      <button type="button" class="button" onClick=${onNo}><${TextObject} text=${confirm.deny ?? { text: "Cancel" }} /></button>
      <button type="button" class=${names("button", confirm.style === "danger" ? "danger" : "primary")} onClick=${onYes}>
        <${TextObject} text=${confirm.confirm ?? { text: "Yes" }} /></button>
    </footer>
  <//>`;
}
