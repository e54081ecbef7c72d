// The column that says whose a row is: the user's own id stands in it, so that no tool asks for it.
import type { Column, Policy, Relation } from "./relation.ts";

const WRITING: Policy["command"][] = ["all", "insert"];

/**
 * `user_id`, or what has `auth.uid()` for a default, or the one column that policies compare with it; those for new rows
 * first. Where they compare several, such as a sender and a receiver, none is.
 */
export function ownerColumn({ columns, policies }: Relation): Column | undefined {
  const uuids = columns.filter(({ type, is_array }) => type === "uuid" && !is_array);
  const named = uuids.find(({ name }) => ["user_id", "userId"].includes(name));
  if (named !== undefined) return named;
  const filled = uuids.find((column) => /^(\( ?SELECT )?auth\.uid\(\)/i.test(column.default ?? ""));
  if (filled !== undefined) return filled;
  const written = compared(policies.filter(({ command }) => WRITING.includes(command)), uuids);
  const all = compared(policies, uuids);
  return written.length === 1 ? written[0] : all.length === 1 ? all[0] : undefined;
}

/** The columns that the policies for reading compare with the user's id. */
export function readByColumns({ columns, policies }: Relation): Column[] {
  return compared(
    policies.filter(({ command }) => command === "all" || command === "select"),
    columns.filter(({ is_array }) => !is_array),
  );
}

const USER = String.raw`\( ?SELECT auth\.uid\(\) AS uid\)|auth\.uid\(\)`;
/** A column of the table itself: in subqueries Postgres writes the table before it. */
const NAME = String.raw`(?<![.\w"])(?:"([^"]+)"|(\w+))`;
const COMPARISONS = [
  new RegExp(String.raw`(?:${USER})\)?(?:::text)? = \(?${NAME}(?![.\w"(])`, "gi"),
  new RegExp(String.raw`${NAME}\)?(?:::text)? = \(*(?:${USER})`, "gi"),
];

/** The columns that the policies compare with the user's id. */
function compared(policies: readonly Policy[], columns: readonly Column[]): Column[] {
  const expressions = policies.flatMap(({ using, check }) => [using ?? "", check ?? ""]);
  const names = expressions.flatMap((expression) =>
    COMPARISONS.flatMap((comparison) =>
      [...expression.matchAll(comparison)].map(([, quoted, plain]) => quoted ?? plain)
    )
  );
  return columns.filter(({ name }) => names.includes(name));
}
