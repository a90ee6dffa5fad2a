// Keeps the parts of a new JSON value that did not change identical to the old ones, so that only real changes are drawn again.

/** `next`, with every part that equals its place in `previous` replaced by that very object. */
export function share(previous, next) {
  if (Object.is(previous, next)) return previous;
  if (!isTree(previous) || !isTree(next) || Array.isArray(previous) !== Array.isArray(next)) return next;
  const keys = Object.keys(next);
  let same = keys.length === Object.keys(previous).length;
  for (const key of keys) {
    next[key] = share(previous[key], next[key]);
    if (next[key] !== previous[key] || !(key in previous)) same = false;
  }
  return same ? previous : next;
}

function isTree(value) {
  return value !== null && typeof value === "object";
}
