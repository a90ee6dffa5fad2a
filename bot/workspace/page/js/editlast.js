// Arrow up in an empty composer edits the last message of one's own. Finds it where it is drawn; knows no store.

/** Opens the editor of the newest message of `me` inside `frame`; false when there is none. */
export function editLast(frame, me) {
  const own = [...(frame?.querySelectorAll(`article[data-user="${me}"]`) ?? [])].pop();
  if (!own) return false;
  own.focus();
  own.dispatchEvent(new KeyboardEvent("keydown", { key: "e", bubbles: true, cancelable: true }));
  return true;
}
