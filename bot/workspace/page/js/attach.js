// Pictures that a person attaches: chosen from a list, dropped on the composer, or pasted. Reads them; sends nothing.

import { notify } from "./store.js";

const LARGEST = 5 * 1024 * 1024; // as the server's own limit

/** Every picture among `files` as {name, size, data (base64)}; says in a notice why another one is left out. */
export async function readPictures(files) {
  const read = [];
  for (const file of files) {
    if (!file.type.startsWith("image/")) notify(`${file.name} is not a picture. Attach a PNG, JPEG, GIF or WebP.`);
    else if (file.size > LARGEST) notify(`${file.name} is larger than 5 MB. Attach a smaller one.`);
    else read.push({ name: file.name, size: file.size, data: await base64(file) });
  }
  return read;
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Lets the person choose pictures; resolves to what was chosen, read. */
export function choosePictures() {
  return new Promise((resolve) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", multiple: true });
    field.addEventListener("change", () => resolve(readPictures(field.files)));
    field.addEventListener("cancel", () => resolve([]));
    field.click();
  });
}

/** The handlers of an element on which pictures can be dropped or pasted; `add` gets what was read. */
export function catching(add) {
  const take = async (event, { files } = {}) => {
    if (!files?.length) return;
    event.preventDefault();
    add(await readPictures(files));
  };
  return {
    onDragOver: (event) => event.dataTransfer.types.includes("Files") && event.preventDefault(),
    onDrop: (event) => take(event, event.dataTransfer),
    onPaste: (event) => take(event, event.clipboardData),
  };
}
