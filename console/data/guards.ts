// What a row must be, at the least, before a page shows it. Columns that nobody asks for pass as they came: the project
// may be newer than the console.

import type { Json } from "../../shared/contracts/text.ts";

export type Guard<T> = (value: unknown) => value is T;

export const isText: Guard<string> = (value) => typeof value === "string";
export const isNumber: Guard<number> = (value) => typeof value === "number";
export const isFlag: Guard<boolean> = (value) => typeof value === "boolean";

/** For a value that was read from JSON, which holds nothing else. */
export const isJson: Guard<Json> = (value): value is Json => value !== undefined;

export function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

export function nullable<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

export function listOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(guard);
}

/** An object with these fields. Those that may be absent need not be named. */
export function fields<T extends object>(guards: { [Key in keyof T]: Guard<T[Key]> }): Guard<T> {
  const entries = Object.entries<Guard<unknown>>(guards);
  return (value): value is T =>
    value instanceof Object && entries.every(([key, guard]) => guard(Reflect.get(value, key)));
}
