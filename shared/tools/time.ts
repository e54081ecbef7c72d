// Between the user's wall clock and the world's: what a model writes without an offset is the user's local
// time, and what it reads is local time with its offset.

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const MINUTE = 60_000;
/** In minutes: no zone is further from UTC than 14 hours. */
const WIDEST_OFFSET = 14 * 60;

/** Whether `text` is a real date, or a date and time with or without an offset, in ISO 8601. */
export function isMoment(text: string): boolean {
  return wallTime(text) !== undefined;
}

/** Whether `text` is a real day, such as `2026-11-23`. */
export function isDay(text: string): boolean {
  return text.length === 10 && isMoment(text);
}

/** The instant, as ISO 8601 in UTC, that `text` names; read in `zone` where it has no offset. A bare date is midnight. */
export function instant(text: string, zone: string): string {
  const wall = wallTime(text);
  if (wall === undefined) throw new RangeError(`Cannot read "${text}" as a date and time`);
  const { local, offset } = wall;
  return new Date(offset === undefined ? inZone(local, zone) : local - offset * MINUTE).toISOString();
}

/** A timestamp as the user's clock shows it, to the minute, with its offset: `2026-11-23T09:00+01:00`. */
export function localTime(timestamp: string | Date, zone: string): string {
  const at = new Date(timestamp).getTime();
  const offset = Math.round(offsetAt(at, zone) / MINUTE);
  const local = new Date(at + offset * MINUTE).toISOString().slice(0, 16);
  if (offset === 0) return `${local}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${local}${offset < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}

/** The day that it is in `zone` at that time: `2026-11-23`. */
export function localDay(timestamp: string | Date, zone: string): string {
  return localTime(timestamp, zone).slice(0, 10);
}

/** The digits of `text` as if they were UTC, and its offset in minutes; undefined where there is no such date. */
function wallTime(text: string): { local: number; offset: number | undefined } | undefined {
  const match = MOMENT.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const local = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  const real = (year ?? 0) >= 1900 && (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60 &&
    new Date(local).getUTCDate() === day && new Date(local).getUTCMonth() + 1 === month;
  const offset = offsetIn(match[7]);
  return real && Math.abs(offset ?? 0) <= WIDEST_OFFSET ? { local, offset } : undefined;
}

function offsetIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text.toUpperCase() === "Z") return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(":", "") || 0);
  return text.startsWith("-") ? -minutes : minutes;
}

/** The instant of a wall time. One that the clocks skip is moved on by as much as they skip. */
function inZone(local: number, zone: string): number {
  const guess = local - offsetAt(local, zone);
  const settled = local - offsetAt(guess, zone);
  return offsetAt(settled, zone) === offsetAt(guess, zone) ? settled : Math.max(guess, settled);
}

/** How far `zone` is ahead of UTC at that instant, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value ?? 0);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return shown - Math.floor(at / 1000) * 1000;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
