// The names that migrations make, as their SQL says them.

/** A relation and a type of one name can't be beside each other: every table has a type. */
export type NameKind = "relation" | "type" | "function";

export interface MadeName {
  kind: NameKind;
  schema: string;
  name: string;
}

const MADE =
  /\bcreate\s+(?:or\s+replace\s+)?(table|view|materialized view|sequence|type|domain|function|procedure)\s+(?:if not exists\s+)?(\w+)\.(\w+)/gi;
const INDEX = /\bcreate\s+(?:unique\s+)?index\s+(\w+)\s+on\s+(\w+)\./gi;

/** Each name once. */
export function madeNames(sources: readonly string[]): MadeName[] {
  const found = new Map<string, MadeName>();
  const add = (made: MadeName) => found.set(`${made.kind} ${made.schema}.${made.name}`, made);
  for (const sql of sources.map((source) => source.replaceAll(/--[^\n]*/g, ""))) {
    for (const [, word = "", schema = "", name = ""] of sql.matchAll(MADE)) {
      add({ kind: kindOf(word.toLowerCase()), schema, name });
    }
    for (const [, name = "", schema = ""] of sql.matchAll(INDEX)) add({ kind: "relation", schema, name });
  }
  return [...found.values()];
}

function kindOf(word: string): NameKind {
  if (word === "type" || word === "domain") return "type";
  return word === "function" || word === "procedure" ? "function" : "relation";
}
