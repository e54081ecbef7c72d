// Whether what another user's call left behind is a change of the first one's rows. Where everybody sees all rows, the
// other one's own are seen as well, and may come and change.
import { keyOf, type Relation } from "./catalog.ts";
import { type Checking, everythingSeen, type Values } from "./checking.ts";

/** The rows of tables that the first user sees, by relation and key. */
export type SeenRows = ReadonlyMap<string, Values>;

export async function rowsOf(checking: Checking, whose: "me" | "stranger"): Promise<SeenRows> {
  const seen = await everythingSeen(checking, checking[whose]);
  const rows = checking.reached.filter(({ kind }) => kind === "table").flatMap((relation) =>
    (seen.get(relation.name) ?? []).map((row): [string, Values] => [nameOf(relation, row), row])
  );
  return new Map(rows);
}

/** Whether a row of the first user's has changed or gone since `before`, or one was made in their name. */
export async function hasChangedMine(checking: Checking, before: SeenRows): Promise<boolean> {
  const { me, stranger } = checking;
  const [after, theirs] = [await rowsOf(checking, "me"), await rowsOf(checking, "stranger")];
  const isTheirs = (row: Values) => names(row, stranger.id) && !names(row, me.id);
  const gone = [...before].some(([name, row]) =>
    !isTheirs(row) && JSON.stringify(row) !== JSON.stringify(after.get(name))
  );
  const made = [...after].filter(([name]) => !before.has(name));
  return gone ||
    made.some(([name, row]) => !theirs.has(name) || names(row, me.id) && !names(row, stranger.id));
}

function names(row: Values, id: string): boolean {
  return Object.values(row).includes(id);
}

/** By its key, or by all that is in it. */
function nameOf(relation: Relation, row: Values): string {
  const key = relation.primary_key.length > 0 ? relation.primary_key : keyOf(relation);
  return JSON.stringify([relation.name, ...(key.length > 0 ? key.map((column) => row[column]) : [row])]);
}
