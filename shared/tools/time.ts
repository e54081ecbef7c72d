// Between the user's wall clock and the world's: what a model writes without an offset is the user's local
// time, and what it reads is local time with its offset.
import { Temporal } from "temporal-polyfill";

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const MINUTE = 60_000;
/** In minutes: no zone is further from UTC than 14 hours. */
const WIDEST_OFFSET = 14 * 60;
/** A year of four digits, whatever is added to it. */
const LAST_YEAR = 9998;

/** Whether `text` is a real date, or a date and time with or without an offset, in ISO 8601. */
export function isMoment(text: string): boolean {
  return wallTime(text) !== undefined;
}

/** Whether `text` is a real day, such as `2026-11-23`. */
export function isDay(text: string): boolean {
  return text.length === 10 && isMoment(text);
}

/** Whether `text` names a day and no time of it. */
export function isBareDay(text: string): boolean {
  return isDay(text.trim());
}

/**
 * The instant, as ISO 8601 in UTC, that `text` names; read in `zone` where it has no offset. A bare date is
 * midnight. Of two instants at which the clocks show it, the first; one that they skip is moved on by as much
 * as they skip.
 */
export function instant(text: string, zone: string): string {
  const wall = wallTime(text);
  if (wall === undefined) throw new RangeError(`Cannot read "${text}" as a date and time`);
  const { local, offset } = wall;
  if (offset !== undefined) return new Date(local - offset * MINUTE).toISOString();
  const { epochMilliseconds } = Temporal.PlainDateTime.from(new Date(local).toISOString().slice(0, 23))
    .toZonedDateTime(zone, { disambiguation: "compatible" });
  return new Date(epochMilliseconds).toISOString();
}

/** The instant at which a window ends that `text` closes: a bare date's day belongs to it. */
export function endInstant(text: string, zone: string): string {
  if (!isBareDay(text)) return instant(text, zone);
  const { epochMilliseconds } = Temporal.PlainDate.from(text.trim()).add({ days: 1 }).toZonedDateTime(zone);
  return new Date(epochMilliseconds).toISOString();
}

/** A timestamp as the user's clock shows it, to the minute, with its offset: `2026-11-23T09:00+01:00`. */
export function localTime(timestamp: string | Date, zone: string): string {
  const at = zoned(timestamp, zone);
  const local = at.toPlainDateTime().toString({ smallestUnit: "minute" });
  // Old times of some zones have offsets of seconds.
  const offset = Math.round(at.offsetNanoseconds / 60e9);
  if (offset === 0) return `${local}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${local}${offset < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}

/** The same, and the day alone where it begins then, which is how a day without a time is read: `2026-11-23`. */
export function localStart(timestamp: string | Date, zone: string): string {
  const at = zoned(timestamp, zone);
  return at.equals(at.startOfDay()) ? localDay(timestamp, zone) : localTime(timestamp, zone);
}

/** The day that it is in `zone` at that time: `2026-11-23`. */
export function localDay(timestamp: string | Date, zone: string): string {
  return zoned(timestamp, zone).toPlainDate().toString();
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The weekday of a day that begins `text`, such as what `localTime` and `localDay` give: models count them wrongly. */
export function weekday(text: string): string {
  return WEEKDAYS[Temporal.PlainDate.from(text.slice(0, 10)).dayOfWeek - 1] ?? "";
}

/** A timestamp in a sentence: `Mon 2026-11-23T09:00+01:00`. */
export function toldTime(timestamp: string | Date, zone: string): string {
  const local = localTime(timestamp, zone);
  return `${weekday(local)} ${local}`;
}

function zoned(timestamp: string | Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(new Date(timestamp).getTime()).toZonedDateTimeISO(zone);
}

/** The digits of `text` as if they were UTC, and its offset in minutes; undefined where there is no such date. */
function wallTime(text: string): { local: number; offset: number | undefined } | undefined {
  const match = MOMENT.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const local = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  const real = (year ?? 0) >= 1900 && (year ?? 0) <= LAST_YEAR && (hour ?? 0) < 24 && (minute ?? 0) < 60 &&
    (second ?? 0) < 60 &&
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

function two(number: number): string {
  return String(number).padStart(2, "0");
}
