// What a tool says of itself beside what the database holds: footprints, a default, and on each table that it writes the
// triggers that keep its receipts and its effects.
import type { Footprint, Tool } from "../../shared/tools/define_tool.ts";
import { quoted, type Relation } from "./catalog.ts";
import type { Checking } from "./checking.ts";
import type { Findings } from "./findings.ts";
import { withoutOwner } from "./owners.ts";

export async function checkDeclared(checking: Checking, tool: Tool, findings: Findings): Promise<void> {
  await checkDefault(checking, tool, findings);
  if (tool.access === "read") return;
  await checkFootprints(checking, tool.name, tool.writes, findings);
  for (const { table, target_column, target_rest = {} } of tool.writes) {
    const relation = checking.catalog.get(table);
    if (relation === undefined) {
      findings.fails("declared", `It says that it writes ${table}, and there is no such table.`);
      continue;
    }
    checkTriggers(relation, findings);
    const named = [...(target_column === undefined ? [] : [target_column]), ...Object.keys(target_rest)];
    const gone = named.filter((name) => !relation.columns.some((column) => column.name === name));
    if (gone.length > 0) {
      findings.fails("declared", `Its footprint names ${gone.join(", ")}, which ${table} has not.`);
    }
    const missing = withoutOwner(relation, relation.primary_key).filter((name) => !named.includes(name));
    if (named.some((name) => relation.primary_key.includes(name)) && missing.length > 0) {
      findings.fails(
        "declared",
        `Its footprint on ${table} names ${named.join(", ")} and not ${
          missing.join(", ")
        }: it reaches its row's ` +
          "neighbours. Add the rest of the key as target_rest.",
      );
    }
  }
}

function checkTriggers(relation: Relation, findings: Findings): void {
  const { name, receipt_key, effect_key, primary_key, unique_keys } = relation;
  const keys = [primary_key, ...unique_keys].map((key) => withoutOwner(relation, key));
  const kept = { keep_tool_receipt: receipt_key, record_tool_effect: effect_key };
  for (const [trigger, key] of Object.entries(kept)) {
    if (key === null) {
      findings.fails("declared", `${name} has no trigger ${trigger}, on or for every change of a row.`);
    } else if (!keys.some((one) => one.length > 0 && one.every((column) => key.includes(column)))) {
      findings.fails(
        "declared",
        `The trigger ${trigger} on ${name} names ${key.join(", ")}, which is no key of it.`,
      );
    }
  }
}

async function checkDefault(
  { sql, place }: Checking,
  { name, access }: Tool,
  findings: Findings,
): Promise<void> {
  const rows = await sql.unsafe<{ access: string }[]>(
    `select access from ${quoted(place.schema)}.tool_defaults where tool_name = $1`,
    [name],
  );
  const [held] = rows;
  if (held === undefined && access === "write") {
    findings.fails("declared", "It has no row in tool_defaults, so that every call of it is denied.");
  } else if (held !== undefined && held.access !== access) {
    findings.fails(
      "declared",
      `tool_defaults has it as a tool that can ${held.access}, and it can ${access}.`,
    );
  }
}

async function checkFootprints(
  { sql, place }: Checking,
  tool: string,
  writes: readonly Footprint[],
  findings: Findings,
): Promise<void> {
  const defined = writes.map((
    { table, op, target = null, target_column = null, target_rest = {}, ...rest },
  ) => ({
    ...{ table_name: table, op, target, target_column, target_rest },
    ...{ max_rows: rest.max_rows ?? 1, forceful: rest.forceful ?? null },
  }));
  const row = `jsonb_build_object('table', coalesce(to_regclass(table_name::text)::oid, 0), 'op', op,
    'target', target::jsonpath::text, 'target_column', target_column, 'target_rest', target_rest, 'max_rows', max_rows,
    'forceful', forceful::jsonpath::text)::text`;
  const [said] = await sql.unsafe<{ rows: string[] }[]>(
    `select array(select ${row} from jsonb_to_recordset($1::jsonb) x (table_name text, op text, target text,
      target_column text, target_rest jsonb, max_rows integer, forceful text) order by 1) as rows`,
    [sql.json(defined)],
  );
  const [held] = await sql.unsafe<{ rows: string[] }[]>(
    `select array(select ${row.replace("table_name::text", "table_name::regclass::text")}
      from ${quoted(place.schema)}.tool_footprints where tool_name = $1 order by 1) as rows`,
    [tool],
  );
  if (JSON.stringify(said?.rows) === JSON.stringify(held?.rows)) return;
  findings.fails(
    "declared",
    held?.rows.length === 0
      ? "It has no rows in tool_footprints, so that each of its changes is refused."
      : "Its rows in tool_footprints say something else than `writes` in its definition.",
  );
}
