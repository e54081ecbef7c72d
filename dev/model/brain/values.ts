// Small things that are done with JSON values in more than one place.
import type { Json } from "../../../shared/contracts/text.ts";

/** The object without the fields that nothing is known of. */
export function compact(fields: { [key: string]: Json | undefined }): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

/** The `total` that a list result states beside its items. */
export function totalIn(values: readonly Json[]): number | undefined {
  for (const value of values) {
    if (value === null || typeof value !== "object") continue;
    if (!Array.isArray(value) && typeof value.total === "number") return value.total;
    const found = totalIn(Object.values(value));
    if (found !== undefined) return found;
  }
  return undefined;
}
