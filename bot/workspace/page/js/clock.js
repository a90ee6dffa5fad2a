// Says moments in one person's time zone and hour style. Pure: takes the moment, the person and "now" (seconds since 1970).

const DAY = 86400;
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

function date(ts, person, style, now) {
  const sameYear = new Date(ts * 1000).getUTCFullYear() === new Date(now * 1000).getUTCFullYear();
  const year = sameYear && style !== "short" ? {} : { year: "numeric" };
  const month = style === "short" ? "short" : "long";
  const weekday = style === "long" ? { weekday: "long" } : {};
  return format(person, { day: "numeric", month, ...weekday, ...year }).format(ts * 1000);
}

/** The label between two days of messages. */
export function dayLabel(ts, person, now) {
  return capital(near(ts, person, now, date(ts, person, "long", now)));
}

/** "Saturday, 21 November 2026 at 14:05:09": what a hovering mouse sees. */
export function fullMoment(ts, person) {
  const day = format(person, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(ts * 1000);
  return `${day} at ${timeOfDay(ts, person, { seconds: true })}`;
}

/** "just now", "5 min ago", "3 h ago", "2 days ago", or the same ahead: "in 5 min". */
export function ago(ts, now) {
  const gap = Math.abs(now - ts);
  if (gap < 50) return "just now";
  const said = gap < 3570 ? `${Math.round(gap / 60)} min` : gap < DAY ? `${Math.round(gap / 3600)} h` : days(gap / DAY);
  return ts > now ? `in ${said}` : `${said} ago`;
}

function days(count) {
  const whole = Math.round(count);
  return whole === 1 ? "1 day" : `${whole} days`;
}

const TOKENS = {
  date_num: (ts, person) => format(person, { year: "numeric", month: "2-digit", day: "2-digit" })
    .formatToParts(ts * 1000).filter(({ type }) => type !== "literal").map(({ value }) => value).reverse().join("-"),
  date: (ts, person, now) => date(ts, person, "", now),
  date_short: (ts, person, now) => date(ts, person, "short", now),
  date_long: (ts, person, now) => date(ts, person, "long", now),
  date_long_full: (ts, person, now) => date(ts, person, "long", now),
  date_pretty: (ts, person, now) => near(ts, person, now, date(ts, person, "", now)),
  date_short_pretty: (ts, person, now) => near(ts, person, now, date(ts, person, "short", now)),
  date_long_pretty: (ts, person, now) => near(ts, person, now, date(ts, person, "long", now)),
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
