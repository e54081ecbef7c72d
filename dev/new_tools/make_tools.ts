// From a table's name to its files, or to why it gets none.
import type { ToolSchema } from "../../shared/contracts/model.ts";
import { nearest } from "../../shared/llm/models/row_faults.ts";
import type { ToolPlan } from "./tool_plan.ts";
import { decide } from "./decide.ts";
import { formatted } from "./formatted.ts";
import { type Names, namesFor } from "./naming.ts";
import { commandFor, type NewToolsArguments } from "./new_tools_arguments.ts";
import type { Catalog } from "./read_catalog.ts";
import { findRelation, refusals } from "./refusals.ts";
import type { Relation } from "./relation.ts";
import { toolSchemas } from "./tool_schemas.ts";
import { engineSchemas } from "../schema/engine_schemas.ts";
import { writeMigration } from "./write_migration.ts";
import { writeTools } from "./write_tools.ts";

export interface MadeTools {
  plan: ToolPlan;
  schemas: ToolSchema[];
  /** The file of tools. */
  code: string;
  /** The migration. */
  sql: string;
}

/** Where the tools come to: what is there, and where the engine is. */
export interface Place {
  catalog: Catalog;
  engine_schema: string;
}

/** Makes the tools of one table. */
export async function makeTools(
  table: string,
  asked: NewToolsArguments,
  { catalog, engine_schema }: Place,
): Promise<MadeTools | { problems: string[] }> {
  const relation = findRelation(table, catalog, engine_schema);
  if ("problem" in relation) return { problems: [relation.problem] };
  const names = namesFor(relation.name, asked.one);
  const problems = [
    ...refusals(relation, asked),
    ...("problem" in names ? [names.problem] : nameProblems(names, relation, catalog)),
    ...columnProblems(relation, asked.columns),
  ];
  if (problems.length > 0 || "problem" in names) return { problems };
  const plan = decide(relation, names, asked, catalog.relations);
  if (plan.shown.columns.length === 0) {
    return { problems: [`"${relation.name}" has no column that could be shown.`] };
  }
  return {
    plan,
    schemas: toolSchemas(plan),
    code: await formatted(writeTools(plan, commandFor(relation.name, asked))),
    sql: writeMigration(plan, engineSchemas(engine_schema), catalog.told),
  };
}

/** Kinds that every domain has. */
const GENERAL = ["general", "global"];

function nameProblems({ one }: Names, { quoted }: Relation, { told }: Catalog): string[] {
  const other = told.subjects.find(({ name, relation }) => name === one && relation !== quoted);
  return [
    ...(GENERAL.includes(one) ? [`"${one}" is what a chat about nothing is called. Say --one thing.`] : []),
    ...(other
      ? [`"${one}" is a row of ${other.relation} already. Say what one of ${quoted} is called: --one thing.`]
      : []),
  ];
}

function columnProblems({ name: table, columns }: Relation, wanted: readonly string[] = []): string[] {
  const names = columns.map(({ name }) => name);
  return wanted.filter((name) => !names.includes(name)).map((name) => {
    const meant = nearest(name, names);
    return `There is no column "${name}" in "${table}"${meant === null ? "." : `; did you mean ${meant}?`}`;
  });
}
