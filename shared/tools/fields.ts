// The fields that tools' arguments are made of. Text is cleaned here, once, so that no handler has to.
import { z } from "zod";
import { TimeZone } from "../contracts/time_zone.ts";
import { cleanText } from "../contracts/text.ts";
import { isDay, isMoment } from "./time.ts";

export const Id = z.guid({ error: "must be a uuid, as a list or search tool returned it" });

/** One line of at most so many characters. */
export function line(max: number) {
  return text(max).transform((value) => value.trim().replace(/\s+/g, " ")).pipe(nonEmpty());
}

/** One line, such as a title. */
export const Line = line(300);

/** Text of several lines, of at most so many characters. */
export function body(max: number) {
  return text(max);
}

/** Text of any length that a person could write. */
export const Body = body(100_000);

/** The same, with something in it. */
export const FullBody = Body.refine((value) => value.trim() !== "", { error: "must not be empty" });

/** The text that is a row's key, letter by letter. */
export const KeyText = text(1_000).refine((value) => value !== "", { error: "must not be empty" });

/** What to search for. Blank is the same as none, which the database sees to. */
export const Query = text(400);

export const Category = text(100).transform((value) => value.trim()).pipe(nonEmpty());

/** A date and time. Without an offset it is meant in the user's time zone, or in the one beside it. */
export const Moment = z.string().trim().refine(isMoment, {
  error:
    "must be a date and time such as 2026-11-23T09:00, of a year from 1900 to 9998, in the user's time zone unless it has an offset",
}).meta({ format: "date-time" });

/** A calendar day. The time of a longer form is left off. */
export const Day = z.string().trim().transform((value) => value.slice(0, 10)).refine(isDay, {
  error: "must be a date such as 2026-11-23",
}).meta({ format: "date" });

export const Minutes = z.int({ error: "must be a whole number of minutes" }).min(1, {
  error: "must be at least 1 minute",
}).max(1440, { error: "must be at most 1440 minutes, a day" });

export const Tags = z.array(Line).max(30, { error: "must have at most 30 tags" });

/** A name, not an offset: Postgres reads `+05:30` as west of Greenwich, this runtime as east. */
export const Zone = TimeZone;

/** How many rows to return: more than `most` is read as `most`, for the answer says how many there are. */
export function limit(usual: number, most: number) {
  return z.int({ error: "must be a whole number" }).min(1, { error: "must be at least 1" })
    .transform((value) => Math.min(value, most)).default(usual);
}

/** A field that null clears and that stays where it is absent. */
export function clearable<Field extends z.ZodType>(field: Field) {
  return field.nullable().optional();
}

/** The fields of a change: at least one, each of them known. */
export function changes<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).refine(
    (fields) => Object.values(fields).some((value) => value !== undefined),
    {
      error: `needs at least one of ${Object.keys(shape).join(", ")}`,
    },
  );
}

function text(max: number) {
  return z.string().max(max, { error: `must have at most ${max} characters` }).transform(cleanText);
}

function nonEmpty() {
  return z.string().min(1, { error: "must not be empty" });
}
