// Numbers whose digits JSON's numbers would lose: keys of rows, whole numbers beyond 2^53, decimals of more than fifteen
// digits. They pass as text, all the way: columns are selected with a cast (`id::text`), arguments are text or a number
// that has lost nothing, and `exact` hands the text to filters and writes.
import { z } from "zod";

/** As many digits as a bigint has. */
const WHOLE = /^\s*-?\d{1,19}\s*$/;
const DECIMAL = /^\s*-?(\d+(\.\d*)?|\.\d+)\s*$/;
/** More than any column of money or measures has. */
const MOST_CHARACTERS = 100;

/** The key of a row that the database numbers, as digits. */
export const RowNumber = digits(
  WHOLE,
  "must be the number of a row, as a list or search tool returned it",
);

/** A whole number of any size, as digits. */
export const WholeNumber = digits(WHOLE, "must be a whole number; beyond 2^53 as text");

/** A decimal number of any precision, as digits. */
export const Decimal = digits(DECIMAL, "must be a number such as 12.50; with more than 15 digits as text");

function digits(form: RegExp, error: string) {
  return z.string({ error }).max(MOST_CHARACTERS, { error }).regex(form, { error })
    .transform((text) => text.trim()).meta({ format: "digits" });
}

type Digits = string | null | undefined;

/**
 * The same digits, for a column that the generated types call a number: PostgREST takes text there, in filters and in
 * what is written, and Postgres reads every digit of it.
 */
export function exact(digits: string): number;
export function exact(digits: string | undefined): number | undefined;
export function exact(digits: string | null): number | null;
export function exact(digits: Digits): number | null | undefined;
export function exact(digits: Digits): unknown {
  return digits;
}

/** The digits of a number as a model wrote it; undefined where it may have lost some on its way. */
export function digitsOf(number: number): string | undefined {
  const text = String(number);
  if (!DECIMAL.test(text)) return undefined;
  const is_sure = Number.isInteger(number)
    ? Number.isSafeInteger(number)
    : text.replace(/^-?0*\.?0*|\./g, "").length <= 15;
  return is_sure ? text : undefined;
}
