// What a person is asked to allow, as a headline: what the call does, and to what. It needs nothing at run time, so that
// clients have it, too. Names may come from anywhere: all of it is plain text.
import type { Effect } from "./approval.ts";
import type { Open } from "./read_event.ts";
import type { Json } from "./text.ts";

const MOST_NAMES = 3;
const MOST_CHARS = 80;

/** "update_or_schedule_task" as "Update or schedule task". */
export function toolWords(name: string): string {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the call does, with the names of the rows that it changes. */
export function headline(title: string, effects: readonly Open<Effect>[] | null): string {
  const names = [...new Set(effectNames(effects ?? []).values())].map((name) => `“${shortName(name)}”`);
  if (names.length === 0) return title;
  const more = names.length - MOST_NAMES;
  return `${title}: ${inARow(more > 0 ? [...names.slice(0, MOST_NAMES), `${more} more`] : names)}`;
}

/** How the rows are called, by their ids: the database says so, no tool has a say in it. */
export function effectNames(effects: readonly Open<Effect>[]): ReadonlyMap<string, string> {
  return new Map(effects.flatMap((effect) => {
    const { id } = effect.key;
    const name = effectName(effect);
    return typeof id === "string" && name !== null ? [[id, name] as const] : [];
  }));
}

/** How the row of an effect is called; null where it has no name. */
export function effectName(effect: Open<Effect>): string | null {
  const row: Record<string, Json> = "row" in effect && isColumns(effect.row) ? effect.row : {};
  const title = "title" in effect ? effect.title : undefined;
  const name = [title, row.title, row.name].find((value) => typeof value === "string" && value !== "");
  return typeof name === "string" ? name : null;
}

/** "Steps 1, 2 and 4". */
export function inARow(names: readonly (string | number)[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** On one line, and no longer than a headline bears. */
function shortName(name: string): string {
  const line = name.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= MOST_CHARS ? line : `${line.slice(0, MOST_CHARS - 1).toWellFormed()}…`;
}

function isColumns(value: unknown): value is Record<string, Json> {
  return value instanceof Object && !Array.isArray(value);
}
