// Days and hours in the user's time zone: windows out of words, and times into words.

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export interface Window {
  /** ISO 8601, UTC. */
  from: string;
  to: string;
  /** How people call it: "today", "in the next 7 days". */
  words: string;
}

/** The window that a text speaks of; without one, the next seven days. */
export function windowIn(text: string, now: Date, time_zone: string): Window {
  const days = (from: number, count: number, words: string): Window => ({
    from: shortIso(from === 0 ? now : dayStart(now, from, time_zone)),
    to: shortIso(dayStart(now, from + count, time_zone)),
    words,
  });
  const stamps = text.match(/\b20\d\d-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)/g) ?? [];
  if (stamps[0] !== undefined && stamps[1] !== undefined) {
    return {
      from: stamps[0],
      to: stamps[1],
      words: `from ${day(stamps[0], time_zone)} to ${day(stamps[1], time_zone)}`,
    };
  }
  const count = /\bnext (\d{1,2}) days\b/i.exec(text)?.[1];
  if (count !== undefined) return days(0, Number(count), `in the next ${count} days`);
  if (/\btoday\b|\bthis (?:morning|afternoon|evening)\b/i.test(text)) return days(0, 1, "today");
  if (/\btomorrow\b/i.test(text)) return days(1, 1, "tomorrow");
  if (/\bnext week\b/i.test(text)) return days(daysUntil(1, now, time_zone), 7, "next week");
  if (/\b(?:this|next) month\b|\bmonth\b/i.test(text)) return days(0, 30, "in the next 30 days");
  const weekday = WEEKDAYS.findIndex((name) => new RegExp(`\\b(?:on|next|this) ${name}\\b`, "i").test(text));
  if (weekday >= 0) {
    return days(daysUntil(weekday, now, time_zone), 1, `on ${capital(WEEKDAYS[weekday] ?? "")}`);
  }
  return days(0, 7, "in the next 7 days");
}

/** The same for work that is to be planned: it starts on the next working day, unless today is meant. */
export function workWindow(text: string, now: Date, time_zone: string): Window {
  const window = windowIn(text, now, time_zone);
  if (window.from !== shortIso(now) || window.words === "today") return window;
  let start = 1;
  while (isWeekend(shortIso(dayStart(now, start, time_zone)), time_zone)) start++;
  return {
    ...window,
    from: shortIso(dayStart(now, start, time_zone)),
    to: shortIso(dayStart(now, start + 7, time_zone)),
  };
}

/** ISO 8601 to the minute: every character is a token to somebody. */
export function shortIso(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`;
}

export function isWeekend(iso: string, time_zone: string): boolean {
  return /^S/.test(day(iso, time_zone));
}

/** The moment that a text names ("tomorrow at 10", "on Friday at 14:30"); undefined where it names none. */
export function momentIn(text: string, now: Date, time_zone: string): string | undefined {
  const stamp = /\b20\d\d-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)/.exec(text)?.[0];
  if (stamp !== undefined) return stamp;
  const clock = /\bat (\d{1,2})(?::(\d\d))?\s*(am|pm)?\b/i.exec(text);
  if (clock === null && !/\b(?:today|tomorrow|next week|(?:on|next|this) \w+day)\b/i.test(text)) {
    return undefined;
  }
  const half = clock?.[3]?.toLowerCase();
  const hour = Number(clock?.[1] ?? 9) % 24;
  const hours = half === "pm" && hour < 12 ? hour + 12 : half === "am" && hour === 12 ? 0 : hour;
  const start = new Date(windowIn(text, now, time_zone).from);
  const offset = /\b(?:tomorrow|next week|\w+day)\b/i.test(text) && !/\btoday\b/i.test(text) ? start : now;
  const midnight = dayStart(offset, 0, time_zone);
  return shortIso(new Date(midnight.getTime() + (hours * 60 + Number(clock?.[2] ?? 0)) * MINUTE));
}

/** "Mon 23 Nov". */
export function day(iso: string, time_zone: string): string {
  return format(iso, { weekday: "short", day: "numeric", month: "short", timeZone: time_zone }).replace(
    ",",
    "",
  );
}

/** "Mon 23 Nov, 09:00". */
export function moment(iso: string, time_zone: string): string {
  return `${day(iso, time_zone)}, ${clock(iso, time_zone)}`;
}

/** "Mon 23 Nov, 09:00 to 10:00". */
export function span(start: string, end: string | undefined, time_zone: string): string {
  return end === undefined
    ? moment(start, time_zone)
    : `${moment(start, time_zone)} to ${clock(end, time_zone)}`;
}

/** "22 Nov 2026". */
export function date(at: Date, time_zone: string): string {
  return format(at.toISOString(), { day: "numeric", month: "short", year: "numeric", timeZone: time_zone });
}

/** The moment when the wall clock of a zone shows this, given as if it were UTC. */
export function fromWallClock(wall: Date, time_zone: string): Date {
  const guess = new Date(wall.getTime() - offsetAt(wall, time_zone));
  return new Date(wall.getTime() - offsetAt(guess, time_zone));
}

function clock(iso: string, time_zone: string): string {
  return format(iso, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: time_zone });
}

function format(iso: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : new Intl.DateTimeFormat("en-GB", options).format(at);
}

/** Midnight in the zone, some days from now. */
function dayStart(now: Date, days: number, time_zone: string): Date {
  const wall = new Date(now.getTime() + offsetAt(now, time_zone));
  const midnight = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()) + days * DAY;
  return fromWallClock(new Date(midnight), time_zone);
}

/** Days from today to the next such weekday, 1 to 7. */
function daysUntil(weekday: number, now: Date, time_zone: string): number {
  const today = new Date(now.getTime() + offsetAt(now, time_zone)).getUTCDay();
  return (weekday - today + 6) % 7 + 1;
}

/** Milliseconds by which the zone's wall clock is ahead of UTC at that moment. */
function offsetAt(at: Date, time_zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: time_zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((p) => p.type === type)?.value ?? 0);
  const wall = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return wall - Math.floor(at.getTime() / 1000) * 1000;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
