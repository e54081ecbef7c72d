// The tools that write: one that creates a row, one that changes it.
import type { Argument } from "./facts.ts";
import type { ToolPlan } from "./tool_plan.ts";
import {
  byKey,
  called,
  calledIn,
  context,
  keyArguments,
  passed,
  type Phrases,
  shownOne,
  text,
  told,
} from "./phrases.ts";
import { toolDescriptions } from "./tool_words.ts";
import { keyOf } from "./write_readers.ts";

export function writeCreate(plan: ToolPlan, phrases: Phrases): string {
  const { names, relation, writes: { create }, key } = plan;
  if (create === null) return "";
  const { read, zone, row } = phrases;
  const [first] = key;
  const args = create.arguments;
  const changed = passed(args, "args");
  const owner = create.fills_owner && plan.owner
    ? [`${plan.owner.name}: user_id`.replace(/^user_id: user_id$/, "user_id")]
    : [];
  const known = create.key === "as written" ? [] : [
    `${first?.column.name}: ${create.key === "of the user" ? "user_id" : `await new_id(${text(names.one)})`}`,
  ];
  const own = [...known, ...owner, ...changed];
  const values = own.length === 0 ? "args" : `{ ...args, ${own.join(", ")} }`;
  const table = `db.from(${text(relation.name)})`;
  const columns = key.map(({ column, field }) =>
    field.passes === "exact" ? `${column.name}::text` : column.name
  ).join(", ");
  const body = create.key === "as written"
    ? `const answer = await ${table}.insert(${values}).select(${text(columns)}).single();
    const written = dataOf(answer);
    return tellCreated(written && await ${read}(db, ${writtenRow(plan)})${zone});`
    : `const ${row} = ${values};
    dataOf(await ${table}.insert(${row}).select(${text(first?.column.name ?? "")}).single());
    return tellCreated(await ${read}(db, ${row}.${first?.column.name})${zone});`;
  const looked_up = `return tellCreated(await ${read}(db, ${lookedUp(plan)})${zone});`;
  return `export const create${names.Camel} = defineWriteTool({
  name: ${text(`create_${names.one}`)},
  category: "action",
  description: ${text(toolDescriptions(plan).create)},
  args: z.strictObject({
    ${
    args.map(({ name, field, required }) => `${name}: ${field.code}${required ? "" : ".optional()"}`).join(
      ",\n    ",
    )
  },
  }),
  writes: [{ table: ${text(relation.quoted)}, op: "INSERT" }],
  async run(args, ${context(body)}) {
    ${body}
  },
  async look_up(_args, ${context(looked_up)}) {
    ${looked_up}
  },
});`;
}

/** The key of the row that was written, as an insert gives it back. */
function writtenRow(plan: ToolPlan): string {
  return plan.key.length === 1 ? `written.${plan.key[0]?.column.name}` : "written";
}

/** The key of the row that an earlier attempt wrote. */
function lookedUp({ writes, names, relation, key }: ToolPlan): string {
  if (writes.create?.key === "of the call") return `await new_id(${text(names.one)})`;
  if (writes.create?.key === "of the user") return "user_id";
  const columns = key.map(({ column }) => text(column.name)).join(", ");
  const written = `writtenKey(receipt, ${text(relation.quoted)}, ${columns})`;
  return key.length === 1 ? `${written}.${key[0]?.column.name}` : written;
}

export function writeUpdate(plan: ToolPlan, phrases: Phrases): string {
  const { names, relation, key, deleted, writes: { update } } = plan;
  if (update === null) return "";
  const { read, zone } = phrases;
  const args = update.arguments;
  const { parameter, names: known, prefix } = keyArguments(plan, phrases, "updates");
  const updates = prefix === "" ? "updates" : "args.updates";
  const changed = passed(args, updates);
  const values = changed.length === 0 ? updates : `{ ...${updates}, ${changed.join(", ")} }`;
  const named = key.map(({ name }) => name).join(" and ");
  const condition = byKey(plan, ({ name }) => prefix + name);
  const key_code = keyOf(plan, ({ name }) => prefix + name);
  const column = key[0]?.column.name ?? "";
  const body = `const answer = await db.from(${text(relation.name)}).update(${values})${condition}${
    deleted?.filter ?? ""
  }
      .select(${text(column)}).maybeSingle();
    if (dataOf(answer) === null) return notFound(${text(names.noun)}, ${text(named)});
    return tellChanged(await ${read}(db, ${key_code}), ${updates}${zone});`;
  const looked_up = `return tellChanged(await ${read}(db, ${key_code}), ${updates}${zone});`;
  return `export const update${names.Camel} = defineWriteTool({
  name: ${text(`update_${names.one}`)},
  category: "action",
  description: ${text(toolDescriptions(plan).update)},
  args: z.strictObject({
    ${key.map(({ name, field }) => `${name}: ${field.code}`).join(",\n    ")},
    updates: changes({
      ${args.map(updatedField).join(",\n      ")},
    }),
  }),
  writes: [{
    ...{ ${targets(plan)} },${
    update.forceful.length > 0 ? `\n    forceful: ${quotedOnce(forcefulPath(update.forceful))},` : ""
  }
  }],
  async run(${parameter}, ${context(body, known)}) {
    ${body}
  },
  async look_up(${parameter}, ${context(looked_up, known)}) {
    ${looked_up}
  },
});`;
}

function updatedField({ name, field, clearable }: Argument): string {
  return `${name}: ${clearable ? `clearable(${field.code})` : `${field.code}.optional()`}`;
}

function targets({ relation, key }: ToolPlan): string {
  const [first, ...others] = key;
  const rest = others.map(({ name, column }) => `${column.name}: ${text(`$.${name}`)}`);
  return [
    `table: ${text(relation.quoted)}, op: "UPDATE", target: ${text(`$.${first?.name}`)}, target_column: ${
      text(first?.column.name ?? "")
    }`,
    ...(rest.length > 0 ? [`target_rest: { ${rest.join(", ")} }`] : []),
  ].join(", ");
}

/** Finds one of these fields among the updates. */
export function forcefulPath(fields: readonly string[]): string {
  return `$.updates.keyvalue().key ? (${fields.map((field) => `@ == "${field}"`).join(" || ")})`;
}

/** With single quotes, as the formatter leaves a text with double ones in it. */
function quotedOnce(value: string): string {
  return `'${value}'`;
}

/** What both writers answer with. */
export function writeTold(plan: ToolPlan, phrases: Phrases): string[] {
  const { names, writes } = plan;
  const { row, zone, type } = phrases;
  const time_zone = zone === "" ? "" : ", time_zone: string";
  const answer = (name: string, more: string, message: string) =>
    `function ${name}(${row}: ${type} | null${more}${time_zone}): ToolResult {
  if (${row} === null) return gone(${text(names.noun)});
  return ok({ ${names.one}: withoutEmpty(${told(row, phrases)}) }, ${message}, ${
      shownOne(plan, phrases, row)
    });
}`;
  return [
    ...(writes.create === null
      ? []
      : [answer("tellCreated", "", `\`Created the ${names.noun} ${calledIn(plan, row)}.\``)]),
    ...(writes.update === null ? [] : [
      answer("tellChanged", ", updates: Record<string, unknown>", `changed(${called(plan, row)}, updates)`),
    ]),
  ];
}
