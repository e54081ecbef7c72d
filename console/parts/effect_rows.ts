// What a call would change, as a person reads it: row by row, column by column, in words. All of it may come from
// anywhere, so it stays text.
import type { Effect, Open } from "../../client/mod.ts";
import { effectName, effectNames } from "../../shared/contracts/approval_title.ts";
import type { Json } from "../../shared/contracts/text.ts";
import { exact } from "./format.ts";

export interface EffectColumn {
  column: string;
  /** Null where there is none. */
  before: string | null;
  after: string | null;
  /** The database makes it anew when the call is made: it may come out otherwise. */
  made: boolean;
}

export interface EffectRow {
  badge: { word: string; tone: string };
  table: string;
  name: string;
  columns: EffectColumn[];
  /** What is not shown of it. */
  rest: string | null;
}

type Columns = Record<string, Json>;

const BADGES: Readonly<Record<string, EffectRow["badge"]>> = {
  insert: { word: "new row", tone: "ok" },
  update: { word: "changes", tone: "warn" },
  delete: { word: "removed", tone: "bad" },
  unshown: { word: "not shown", tone: "faint" },
};

/** `zone`: for dates; the reader's own if it is not given. */
export function effectRows(effects: readonly Open<Effect>[], zone?: string): EffectRow[] {
  const names = effectNames(effects);
  const words = (value: Json) => valueWords(value, names, zone);
  return effects.map((effect) => ({
    badge: BADGES[effect.op] ?? { word: effect.op, tone: "faint" },
    table: effect.table.replace(/^public\./, ""),
    name: effectName(effect) ?? keyWords(effect),
    columns: columnsOf(effect, words),
    rest: restOf(effect),
  }));
}

function keyWords({ key }: Open<Effect>): string {
  return Object.entries(key).filter(([column]) => column !== "user_id").map(([, value]) => String(value))
    .join(", ");
}

function columnsOf(effect: Open<Effect>, words: (value: Json) => string): EffectColumn[] {
  const made = new Set(effect.made ?? []);
  if ("changes" in effect) {
    return Object.entries(effect.changes).map(([column, [before, after]]) => ({
      ...{ column, before: words(before), after: words(after), made: made.has(column) },
    }));
  }
  if (effect.op !== "insert" && effect.op !== "delete") return [];
  return Object.entries(columnsIn(effect.row))
    .filter(([column, value]) => value !== null && column !== "user_id")
    .map(([column, value]) => ({
      column,
      before: effect.op === "delete" ? words(value) : null,
      after: effect.op === "insert" ? words(value) : null,
      made: made.has(column),
    }));
}

function restOf(effect: Open<Effect>): string | null {
  if ("changes" in effect) return "All other columns stay as they are.";
  if (effect.op !== "unshown") return null;
  const { number } = columnsIn(effect.row);
  return number === 1 || typeof number !== "number"
    ? "This row is too large to be shown."
    : `${number} further changes are not shown. Allowing it allows them, too.`;
}

function columnsIn(value: unknown): Columns {
  return isColumns(value) ? value : {};
}

function isColumns(value: unknown): value is Columns {
  return value instanceof Object && !Array.isArray(value);
}

const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/;

/** A value as a person says it; an id of a row that is shown by that row's name. */
export function valueWords(value: Json, names: ReadonlyMap<string, string>, zone?: string): string {
  if (value === null) return "nothing";
  if (typeof value === "string") {
    const name = names.get(value);
    if (name !== undefined) return `“${name}”`;
    return MOMENT.test(value) ? exact(value.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"), zone) : value;
  }
  const { cut, length } = columnsIn(value);
  if (typeof length === "number") return `${cut}… (${length} characters in all)`;
  return typeof value === "boolean" ? (value ? "yes" : "no") : JSON.stringify(value);
}
