// The migration of a relation's tools: what the database holds their writes to, and what a first prompt shows.
import type { EngineSchemas } from "../schema/engine_schemas.ts";
import type { ToolPlan } from "./tool_plan.ts";
import type { Told } from "./read_catalog.ts";
import { isChange, isCreation, isDate } from "./roles_of_columns.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { forcefulPath } from "./write_writers.ts";

/** `told` is what earlier migrations said, of which these tools take the place. */
export function writeMigration(plan: ToolPlan, schemas: EngineSchemas, told: Told): string {
  const { names, relation, writes } = plan;
  const writing = writes.create !== null || writes.update !== null;
  return [
    writing
      ? `-- The tools for ${names.nouns}: what their writes to ${relation.quoted} are held to, what is kept so that they can be
-- taken back, and what agents are shown when they begin.`
      : `-- The tools for ${names.nouns}: what agents are shown of ${relation.quoted} when they begin.`,
    forgotten(plan, schemas, told),
    ...(writing ? [triggers(plan, schemas), footprints(plan, schemas), defaults(plan, schemas)] : []),
    ...(relation.kind === "view" ? [unvouchedReads(plan, schemas)] : []),
    subject(plan, schemas),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

/** Takes away what is said of the same tools. */
function forgotten({ names }: ToolPlan, { schema }: EngineSchemas, { tools, subjects }: Told): string {
  const own = [`list_${names.many}`, ...["get", "create", "update"].map((verb) => `${verb}_${names.one}`)];
  const again = own.filter((name) => tools.includes(name)).map(literal);
  return [
    ...(again.length === 0
      ? []
      : ["tool_footprints", "tool_defaults"].map((table) =>
        `delete from ${schema}.${table} where tool_name in (${again.join(", ")});`
      )),
    ...(subjects.some(({ name }) => name === names.one)
      ? [`delete from ${schema}.agent_subjects where name = ${literal(names.one)};`]
      : []),
  ].join("\n");
}

function triggers({ relation, key }: ToolPlan, schemas: EngineSchemas): string {
  const keys = key.map(({ column }) => literal(column.name));
  const clock = relation.columns.filter((column) => isClock(column)).map(({ name }) => literal(name));
  const effects = clock.length > 0 ? [...keys, "'--clock'", ...clock] : keys;
  const trigger = (name: string, when: string, called: string, args: readonly string[]) =>
    relation.triggers.includes(name) ? [] : [`create trigger ${name} after ${when} on ${relation.quoted}
  for each row execute function ${schemas.helpers}.${called}(${args.join(", ")});`];
  return [
    ...trigger("keep_tool_receipt", "insert or update or delete", "keep_tool_receipt", keys),
    ...trigger("record_tool_effect", "insert or update or delete", "keep_tool_effect", effects),
    ...trigger("note_row_source", "insert or update", "note_row_source", keys),
  ].join("\n");
}

/** Whether the database fills it with the time. */
function isClock(column: ToolPlan["relation"]["columns"][number]): boolean {
  return isDate(column) && (isCreation(column) || isChange(column));
}

/** The rows of `tool_footprints`. */
export function footprintsOf({ names, relation, key, writes }: ToolPlan): Told["footprints"] {
  const [first, ...others] = key;
  const table_name = relation.quoted;
  const target_rest = Object.fromEntries(others.map(({ name, column }) => [column.name, `$.${name}`]));
  const no_target = { target: null, target_column: null, target_rest: {}, forceful: null };
  return [
    ...(writes.create === null
      ? []
      : [{ tool_name: `create_${names.one}`, table_name, op: "INSERT", ...no_target }]),
    ...(writes.update === null ? [] : [{
      ...{ tool_name: `update_${names.one}`, table_name, op: "UPDATE", target: `$.${first?.name}` },
      ...{ target_column: first?.column.name ?? "", target_rest },
      forceful: writes.update.forceful.length === 0 ? null : forcefulPath(writes.update.forceful),
    }]),
  ];
}

export function footprints(plan: ToolPlan, { schema }: EngineSchemas): string {
  const composite = plan.key.length > 1;
  const rows = footprintsOf(plan).map((row) => [
    ...[row.tool_name, row.table_name, row.op, row.target, row.target_column, row.forceful].map(sqlValue),
    ...(composite ? [literal(JSON.stringify(row.target_rest))] : []),
  ]);
  const columns = `tool_name, table_name, op, target, target_column, forceful${
    composite ? ", target_rest" : ""
  }`;
  return `insert into ${schema}.tool_footprints (${columns}) values
  ${rows.map((row) => inLines(row, "(", ")")).join(",\n  ")};`;
}

/** Neither takes a row away, so that nobody has to be asked unless rules say so. */
function defaults({ names, writes }: ToolPlan, { schema }: EngineSchemas): string {
  const tools = [
    ...(writes.create === null ? [] : [`create_${names.one}`]),
    ...(writes.update === null ? [] : [`update_${names.one}`]),
  ];
  return `insert into ${schema}.tool_defaults (tool_name, policy) values
  ${tools.map((name) => `(${literal(name)}, 'allow')`).join(",\n  ")};`;
}

/**
 * The rows of which a view shows text are those of tables below it. Its columns don't tell which, so that what was
 * noted of their source is not met: reading it counts as reading text from outside.
 */
function unvouchedReads({ names, key }: ToolPlan, { schema }: EngineSchemas): string {
  const tools = [`list_${names.many}`, ...(key.length > 0 ? [`get_${names.one}`] : [])];
  return `-- A view does not say of which rows it shows text, so that some of it may be from outside. Where none is: false.
insert into ${schema}.tool_defaults (tool_name, access, policy, untrusted_output) values
  ${tools.map((name) => `(${literal(name)}, 'read', 'allow', true)`).join(",\n  ")};`;
}

function subject(plan: ToolPlan, { schema }: EngineSchemas): string {
  const values = Object.entries(subjectOf(plan)).filter(([name, value]) => isSaid(name, value));
  const all = [...values.slice(0, 1), ["relation", plan.relation.quoted] as const, ...values.slice(1)];
  return `insert into ${schema}.agent_subjects
  ${inLines(all.map(([name]) => name), "(", ")")}
values
  ${inLines(all.map(([, value]) => sqlValue(value)), "(", ")")};`;
}

const WIDTH = 110;

/** Items with commas between, in as many lines as they need. */
function inLines(items: readonly string[], open: string, close: string): string {
  const lines: string[] = [];
  items.forEach((item, at) => {
    const last = lines.at(-1);
    const next = at === items.length - 1 ? item + close : `${item},`;
    if (last !== undefined && last.length + next.length < WIDTH - 4) lines.push(`${lines.pop()} ${next}`);
    else lines.push(last === undefined ? open + next : next);
  });
  return lines.join("\n    ");
}

/** What the table's own defaults say is left to them. */
export function isSaid(name: string, value: Subject[keyof Subject]): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0) &&
    !(name === "id_column" && value === "id");
}

export function sqlValue(value: Subject[keyof Subject]): string {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return literal(`{${value.join(",")}}`);
  return value === null ? "null" : literal(value);
}

/** A text as SQL has it. Names with a backslash can't come here: they are refused before. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
