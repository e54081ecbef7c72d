// A word of its own in each text of each row that a user sees: what of it stands in a result is of a row that the result
// has to list.
import type { ToolOutcome } from "../../shared/agents/ports.ts";
import { type Checking, everythingSeen, keyText, type Values } from "./checking.ts";
import { keyOf, quoted, type Relation } from "./catalog.ts";
import { inTransaction, isGivenUp } from "./patience.ts";

const CANARY = /zq[0-9a-f]{12}/g;

/** By word, the rows in which it stands, as results list them. */
export type Canaries = ReadonlyMap<string, readonly string[]>;

export async function plantCanaries(checking: Checking): Promise<void> {
  const seen = await everythingSeen(checking, checking.me);
  for (const relation of checking.reached) {
    const columns = plantable(relation);
    for (const row of relation.kind === "table" ? seen.get(relation.name) ?? [] : []) {
      for (const { name, category } of columns) {
        const value = row[name];
        if (value?.includes("zq")) continue;
        const canary = `zq${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
        const planted = category === "A" ? "array[$1]::text[]" : "$1::text";
        const text = value === null || value === undefined || category === "A"
          ? canary
          : `${canary} ${value}`;
        await update(checking, relation, row, `${quoted(name)} = ${planted}`, text);
      }
    }
  }
}

/** Sets a column of a row with all rights; false where the database does not take it. */
export function update(
  checking: Checking,
  relation: Relation,
  row: Values,
  setting: string,
  value: string,
): Promise<boolean> {
  return updateAll(checking, relation, [row], setting, value);
}

/** The same of several rows. */
export async function updateAll(
  { sql }: Checking,
  relation: Relation,
  rows: readonly Values[],
  setting: string,
  value: string,
): Promise<boolean> {
  const key = relation.primary_key.length > 0 ? relation.primary_key : keyOf(relation);
  if (key.length === 0 || rows.length === 0) return false;
  const named = `jsonb_build_array(${key.map((column) => `${quoted(column)}::text`).join(", ")})`;
  const keys = rows.map((row) => JSON.stringify(key.map((column) => row[column] ?? null)));
  try {
    await inTransaction(
      sql,
      (owner) =>
        owner.unsafe(`update ${relation.name} set ${setting} where ${named} = any ($2::text[]::jsonb[])`, [
          value,
          keys,
        ]),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && !isGivenUp(error)) return false;
    throw error;
  }
}

/** Texts that a person writes: in no key, in no reference, of no closed set. */
export function plantable({ columns, unique_keys, primary_key, references }: Relation) {
  const bound = new Set([...primary_key, ...unique_keys.flat(), ...references.flatMap((one) => one.columns)]);
  return columns.filter(({ name, type, is_made }) =>
    !is_made && !bound.has(name) && /^(text|text\[\]|character varying)$/.test(type)
  );
}

/** Where each word stands, in what the user sees. */
export async function canariesOf(checking: Checking): Promise<Canaries> {
  const found = new Map<string, string[]>();
  const seen = await everythingSeen(checking, checking.me);
  for (const relation of checking.reached) {
    for (const row of seen.get(relation.name) ?? []) {
      for (const canary of JSON.stringify(row).match(CANARY) ?? []) {
        found.set(canary, [...(found.get(canary) ?? []), `${relation.name} ${keyText(relation, row)}`]);
      }
    }
  }
  return found;
}

/** The words that an answer tells. */
export function toldIn(result: ToolOutcome): string[] {
  const { rows: _, ...told } = result;
  return [...new Set(JSON.stringify(told).match(CANARY) ?? [])];
}

/** The rows whose text an answer tells without listing them. */
export function unlisted(result: ToolOutcome, canaries: Canaries): string[] {
  const listed = new Set((result.rows ?? []).map(({ relation, key }) => `${relation} ${key}`));
  return toldIn(result).flatMap((canary) => {
    const rows = canaries.get(canary) ?? [];
    return rows.length === 0 || rows.some((row) => listed.has(row)) ? [] : rows.slice(0, 1);
  });
}
