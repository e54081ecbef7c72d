// The times in a row's columns, between the user's clock and the database.
import type { Json } from "../contracts/text.ts";
import type { RowFields } from "./answers.ts";
import { localTime } from "./time.ts";

/** A timestamp without a zone, which is taken for one in UTC. */
const WITHOUT_OFFSET = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;
const FINITE = /^\d{4}-\d\d-\d\d[T ]/;

/** The row with the times in these columns as the user's clock shows them; columns that it has not are left out. */
export function localTimes(row: RowFields, columns: readonly string[], time_zone: string): RowFields {
  const told = columns.flatMap((column): [string, Json][] => {
    const at = row[column];
    return typeof at === "string" && FINITE.test(at) ? [[column, shownTime(at, time_zone)]] : [];
  });
  return { ...row, ...Object.fromEntries(told) };
}

function shownTime(at: string, time_zone: string): string {
  return localTime(WITHOUT_OFFSET.test(at) ? `${at}Z` : at, time_zone);
}
