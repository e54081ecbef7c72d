// What the database has been told of a table's tools, against what it would be told today.
import { isDeepStrictEqual } from "node:util";
import type { EngineSchemas } from "../schema/engine_schemas.ts";
import type { Told } from "./read_catalog.ts";
import { subjectOf } from "./subject.ts";
import type { ToolPlan } from "./tool_plan.ts";
import { footprints, footprintsOf, isSaid, literal, sqlValue } from "./write_migration.ts";

/** Whether it lacks what the whole migration says. */
export function isUntold({ names, writes, relation }: ToolPlan, { tools, subjects }: Told): boolean {
  const needed = [
    ...(relation.kind === "view" ? [`list_${names.many}`] : []),
    ...(writes.create === null ? [] : [`create_${names.one}`]),
    ...(writes.update === null ? [] : [`update_${names.one}`]),
  ];
  return needed.some((name) => !tools.includes(name)) || !subjects.some(({ name }) => name === names.one);
}

/** The statements that bring it to what is so today; none where it is. */
export function staleNotes(plan: ToolPlan, schemas: EngineSchemas, told: Told): string[] {
  return [...staleFootprints(plan, schemas, told), ...staleSubject(plan, schemas, told)];
}

function staleFootprints(plan: ToolPlan, schemas: EngineSchemas, told: Told): string[] {
  const { names, relation } = plan;
  const own = [`create_${names.one}`, `update_${names.one}`];
  const known = told.footprints.filter(({ tool_name, table_name }) =>
    own.includes(tool_name) && table_name === relation.quoted
  );
  const today = footprintsOf(plan);
  const in_order = (all: readonly Told["footprints"][number][]) =>
    all.map((one) => ({ ...one, target: bare(one.target), forceful: bare(one.forceful) }))
      .map((one) => ({ ...one, target_rest: bare(JSON.stringify(one.target_rest)) }))
      .toSorted((a, b) => a.tool_name < b.tool_name ? -1 : 1);
  if (isDeepStrictEqual(in_order(known), in_order(today))) return [];
  const table = `${schemas.schema}.tool_footprints`;
  return [
    `delete from ${table} where tool_name in (${own.map(literal).join(", ")}) and table_name = ${
      literal(relation.quoted)
    }::regclass;`,
    ...(today.length > 0 ? [footprints(plan, schemas)] : []),
  ];
}

/** A path without what Postgres sets otherwise than whoever wrote it. */
function bare(path: string | null): string | null {
  return path?.replace(/["\s()]/g, "") ?? null;
}

function staleSubject(plan: ToolPlan, { schema }: EngineSchemas, { subjects }: Told): string[] {
  const known = subjects.find(({ name }) => name === plan.names.one);
  if (known === undefined) return [];
  const stale = Object.entries(subjectOf(plan)).filter(([name, value]) =>
    (name !== "count_up_to" || isSaid(name, value)) && !isDeepStrictEqual(known.row[name] ?? null, value)
  );
  if (stale.length === 0) return [];
  const sets = stale.map(([name, value]) => `${name} = ${sqlValue(value)}`);
  return [
    `update ${schema}.agent_subjects set ${sets.join(", ")}\n  where name = ${literal(plan.names.one)};`,
  ];
}
