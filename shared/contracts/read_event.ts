// A run's events as a reader has them, whose server may be newer than the reader.
import type { RunEvent } from "./events.ts";
import type { Json } from "./text.ts";

/**
 * The same, with members of enums that this version doesn't know yet: a later one may add a status, a kind, a reason.
 * They arrive as they were sent.
 */
export type Open<T> = [Json] extends [T] ? T : OpenMember<T>;

type OpenMember<T> = T extends string ? (string extends T ? T : T | (string & Record<never, never>))
  : T extends object ? { [Key in keyof T]: Open<T[Key]> }
  : T;

type OpenEvent<Event> = Event extends RunEvent
  ? { [Key in keyof Event]: Key extends "type" ? Event[Key] : Open<Event[Key]> }
  : never;

/** One event of a run, of a type that this version knows. */
export type ReadEvent = OpenEvent<RunEvent>;
export type ReadEventOf<Type extends ReadEvent["type"]> = Extract<ReadEvent, { type: Type }>;
