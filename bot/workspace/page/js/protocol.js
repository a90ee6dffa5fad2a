// Talks to the local server: one live socket, one view at a time, acts. Knows addresses and JSON, nothing of what is shown.

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 4000;

/** The world as `viewer` (a user id or handle; "" for the server's choice) may see it. */
export async function fetchView(viewer) {
  const answer = await fetch(`/page/view${viewer ? `?as=${encodeURIComponent(viewer)}` : ""}`, { cache: "no-store" });
  const view = await answer.json();
  if (!answer.ok || view.ok === false) throw new Error(view.error || `The server answered ${answer.status}.`);
  return view;
}

/** One act of a person: always resolves to {ok: true, …} or {ok: false, error: "a sentence"}. */
export async function postAct(as, name, fields) {
  try {
    const answer = await fetch("/page/act", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...fields, as, do: name }),
    });
    const said = await answer.json();
    return said.ok ? said : { ok: false, error: said.error || `The server answered ${answer.status}.` };
  } catch {
    return { ok: false, error: "The local workspace did not answer. Check that it is still running, then try again." };
  }
}

/** Keeps a live socket open; calls onVersion(n) for each change and onState("open" | "lost"). */
export function listen({ onVersion, onState }) {
  let wait = FIRST_RETRY_MS;
  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/page/live`);
    socket.onopen = () => {
      wait = FIRST_RETRY_MS;
      onState("open");
    };
    socket.onmessage = (event) => onVersion(JSON.parse(event.data).version);
    socket.onclose = () => {
      onState("lost");
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_RETRY_MS);
    };
  };
  open();
}
