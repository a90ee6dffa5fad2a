// Says moments in one person's time zone and hour style. Pure: takes the moment, the person and "now" (seconds since 1970).

const DAY = 86400;
const HALF_YEAR = 183 * DAY;
const formats = new Map();

function format(person, options) {
  const key = `${person.tz}|${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, build(person.tz, options));
  return formats.get(key);
}

function build(timeZone, options) {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  }
}

const hourStyles = new Map();

function twelveHours(locale = "en-GB") {
  if (!hourStyles.has(locale)) {
    let style = false;
    try {
      style = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12;
    } catch {
      style = false; // an unknown locale reads the 24-hour clock
    }
    hourStyles.set(locale, style);
  }
  return hourStyles.get(locale);
}

/** "14:05", or "2:05 pm" where the person's country writes that. */
export function timeOfDay(ts, person, { seconds = false } = {}) {
  const hour12 = twelveHours(person.locale);
  const second = seconds ? { second: "2-digit" } : {};
  return format(person, { hour: hour12 ? "numeric" : "2-digit", minute: "2-digit", hour12, ...second }).format(ts * 1000);
}

/** The calendar day in the person's zone, as a number of days that can be compared. */
export function dayNumber(ts, person) {
  const parts = format(person, { year: "numeric", month: "numeric", day: "numeric" }).formatToParts(ts * 1000);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day) / 1000 / DAY;
}

const NEAR_DAYS = { "0": "today", "-1": "yesterday", "1": "tomorrow" };

/** "today", "yesterday", "tomorrow", else the words given. */
function near(ts, person, now, otherwise) {
  return NEAR_DAYS[dayNumber(ts, person) - dayNumber(now, person)] ?? otherwise;
}

/** The text with a capital first letter. */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function date(ts, person, { month = "long", weekday, withYear = true } = {}) {
  return format(person, { day: "numeric", month, weekday, year: withYear ? "numeric" : undefined }).format(ts * 1000);
}

function shortDate(ts, person) {
  return date(ts, person, { month: "short" });
}

function longDate(ts, person) {
  return date(ts, person, { weekday: "long" });
}

/** Without the year while it goes without saying: Slack leaves it out within half a year. */
function plainDate(ts, person, now) {
  return date(ts, person, { withYear: Math.abs(ts - now) >= HALF_YEAR });
}

function yearOf(ts, person) {
  return format(person, { year: "numeric" }).format(ts * 1000);
}

/** The label between two days of messages. */
export function dayLabel(ts, person, now) {
  const withYear = yearOf(ts, person) !== yearOf(now, person);
  return capital(near(ts, person, now, date(ts, person, { weekday: "long", withYear })));
}

/** "Fri", in the person's zone. */
export function shortDay(ts, person) {
  return format(person, { weekday: "short" }).format(ts * 1000);
}

/** "Friday 20 November": the day it is there; `short` is "Fri 20 Nov". */
export function today(ts, person, { short = false } = {}) {
  const length = short ? "short" : "long";
  return date(ts, person, { weekday: length, month: length, withYear: false });
}

/** "Saturday, 21 November 2026 at 14:05:09": what a hovering mouse sees. */
export function fullMoment(ts, person) {
  const day = format(person, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(ts * 1000);
  return `${day} at ${timeOfDay(ts, person, { seconds: true })}`;
}

/** "just now", "5 minutes ago", "3 hours ago", "2 days ago", or the same ahead: "in 5 minutes". */
export function ago(ts, now) {
  const gap = Math.abs(now - ts);
  if (gap < 50) return "just now";
  const said = gap < 3570 ? counted(gap / 60, "minute") : gap < DAY - 1800 ? counted(gap / 3600, "hour") : counted(gap / DAY, "day");
  return ts > now ? `in ${said}` : `${said} ago`;
}

function counted(count, unit) {
  const whole = Math.round(count);
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}

function numbers(ts, person) {
  const parts = format(person, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(ts * 1000);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

function dateWith(sign, order) {
  return (ts, person) => order.map((part) => numbers(ts, person)[part]).join(sign);
}

// What each token means: the "Date element" page of Slack's Block Kit reference, and its page on formatting message text.
const TOKENS = {
  date_num: dateWith("-", ["year", "month", "day"]),
  date_slash: dateWith("/", ["day", "month", "year"]),
  date: plainDate,
  date_short: shortDate,
  date_long: longDate,
  date_long_full: (ts, person) => date(ts, person),
  date_pretty: (ts, person, now) => near(ts, person, now, plainDate(ts, person, now)),
  date_short_pretty: (ts, person, now) => near(ts, person, now, shortDate(ts, person)),
  date_long_pretty: (ts, person, now) => near(ts, person, now, longDate(ts, person)),
  day_divider_pretty: dayLabel,
  time: (ts, person) => timeOfDay(ts, person),
  time_secs: (ts, person) => timeOfDay(ts, person, { seconds: true }),
  ago: (ts, _person, now) => ago(ts, now),
};

/** Slack's <!date^…> pattern ("{date_pretty} at {time}") filled in; null when it has a token that Slack does not know. */
export function fillDate(ts, pattern, person, now) {
  const unknown = [...pattern.matchAll(/\{(\w+)\}/g)].some(([, token]) => !TOKENS[token]);
  if (unknown || !Number.isFinite(ts)) return null;
  return pattern.replace(/\{(\w+)\}/g, (_all, token) => TOKENS[token](ts, person, now));
}

/** The moment (seconds since 1970) at which the person's clock shows "2026-11-20T09:30"; NaN for anything else. */
export function momentOf(local, person) {
  const wanted = Date.parse(`${local}Z`);
  let ts = wanted / 1000;
  for (let step = 0; step < 2; step++) ts += (wanted - wallClock(person, ts)) / 1000; // twice: the first step may cross a change of clocks
  return ts;
}

/** What the person's clock shows at a moment, as "2026-11-20T09:30". */
export function localMoment(ts, person) {
  return new Date(wallClock(person, ts)).toISOString().slice(0, 16);
}

/** How far another person's clock is from here: "+3 h", "−5:30 h", "same time". */
export function zoneGap(person, other, now) {
  const minutes = Math.round((wallClock(other, now) - wallClock(person, now)) / 60000);
  if (!minutes) return "same time";
  const whole = Math.trunc(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `${minutes > 0 ? "+" : "−"}${whole}${rest ? `:${String(rest).padStart(2, "0")}` : ""} h`;
}

function wallClock(person, now) {
  const options = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23" };
  const part = Object.fromEntries(format(person, options).formatToParts(now * 1000).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
}

/** The hour of the person's day, 0 to 23: says whether it is night there. */
export function hourThere(person, now) {
  return new Date(wallClock(person, now)).getUTCHours();
}
