// Where the viewer is (person, room, tab, thread) as an address that can be kept, shared and gone back from. Pure text work.

/** "#/ana/it-help/1795298400.000100" → {handle, room, tab, thread}; a direct message's room is "@handle". */
export function readPlace(hash) {
  const [handle = "", room = "", rest = ""] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { handle, room, tab: rest === "home" ? "home" : "", thread: /^\d+\.\d+$/.test(rest) ? rest : "" };
}

export function writePlace({ handle, room, tab, thread }) {
  const parts = [handle, room, thread || tab].filter(Boolean);
  return `#/${parts.map((part) => encodeURIComponent(part).replace("%40", "@")).join("/")}`;
}

/** What a channel is called in an address: its name, or "@handle" of the other person. */
export function roomName(channel, people) {
  return channel.kind === "im" ? `@${people[channel.with]?.name ?? channel.with}` : channel.name;
}

export function channelCalled(view, room) {
  return view.channels.find((channel) => roomName(channel, view.people) === room);
}

/** The room somebody starts in: a person with the app, a colleague of the desk where work waits. */
export function firstRoom(view) {
  const me = view.people[view.me];
  const withApp = view.channels.find((channel) => channel.with === view.bot.user);
  const shared = view.channels.filter((channel) => channel.kind === "channel");
  if (me.role === "person") return withApp ?? shared[0] ?? view.channels[0];
  const rooms = shared.filter((channel) => channel.private);
  return rooms.find((channel) => channel.mentions) ?? rooms.find((channel) => channel.unread) ?? rooms[0] ?? shared[0];
}

/** The first channel that is open to everyone: where help is asked for in public. */
export function firstShared(view) {
  return view.channels.find((channel) => channel.kind === "channel" && !channel.private);
}
