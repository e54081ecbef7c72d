// The tools that read: one that lists and searches, one for a row.
import type { Argument } from "./facts.ts";
import type { ToolPlan } from "./tool_plan.ts";
import {
  byKey,
  calledIn,
  context,
  keyArguments,
  type Phrases,
  shownAll,
  shownOne,
  text,
  told,
} from "./phrases.ts";
import { isTime } from "./roles_of_columns.ts";
import { variable } from "./taken_names.ts";
import { toolDescriptions } from "./tool_words.ts";

const USUAL_ROWS = 20;
const MOST_ROWS = 50;

export function writeList(plan: ToolPlan, phrases: Phrases): string {
  const { relation, names, deleted } = plan;
  const { row, rows } = phrases;
  const filters = filterLines(plan);
  const variable = filters.length > 0 ? "let" : "const";
  const shows = plan.key.length > 0 ? `\n      rows: ${shownAll(plan, phrases)},` : "";
  const told_row = told(row, phrases);
  const mapped = told_row === row ? `${rows}.map(briefly)` : `${rows}.map((${row}) => briefly(${told_row}))`;
  const nouns = names.nouns === `${names.noun}s` ? "" : `, ${text(names.nouns)}`;
  const page = `page(${text(names.many)}, ${mapped}, answer.count ?? 0, ${text(names.noun)}${nouns})`;
  const body = `${variable} found = db.from(${text(relation.name)}).select(LISTED, { count: "exact" })${
    deleted?.filter ?? ""
  };
${filters.join("\n")}
    const answer = await found${orders(plan)}.limit(args.limit);
    const ${rows} = rowsOf(answer);
    return ${shows === "" ? `${page};` : `{\n      ...${page},${shows}\n    };`}`;
  return `export const list${names.Many} = defineReadTool({
  name: ${text(`list_${names.many}`)},
  category: "list",
  description: ${text(toolDescriptions(plan).list)},
  args: z.strictObject({
    ${listArguments(plan).join(",\n    ")},
  }),
  async run(args, ${context(body)}) {
    ${body}
  },
});`;
}

function listArguments({ list }: ToolPlan): string[] {
  const { search, sets, references, flags, range, sorts } = list;
  const optional = ({ name, field }: Argument) => `${name}: ${field.code}.optional()`;
  return [
    ...(search === null ? [] : ["query: Query.optional()"]),
    ...sets.map(({ name, field }) => `${name}: z.array(${field.code}).optional()`),
    ...[...references, ...flags].map(optional),
    ...(range === null
      ? []
      : ["from", "to"].map((end) => `${range.name}_${end}: ${range.field.code}.optional()`)),
    ...(sorts.length < 2 ? [] : [
      `sort_by: z.enum([${sorts.map(({ column }) => text(column.name)).join(", ")}]).default(${
        text(sorts[0]?.column.name ?? "")
      })`,
    ]),
    `limit: limit(${USUAL_ROWS}, ${MOST_ROWS})`,
  ];
}

function filterLines({ list }: ToolPlan): string[] {
  const { search, sets, references, flags, range } = list;
  return [
    search?.by === "title" &&
    `    if (args.query?.trim()) found = found.ilike(${text(search.column.name)}, likeText(args.query));`,
    search?.by === "full text" &&
    `    if (args.query?.trim()) {
      found = found.textSearch(${text(search.column.name)}, args.query, { type: "websearch"${
      search.config === null ? "" : `, config: ${text(search.config)}`
    } });
    }`,
    ...sets.map(({ name }) => `    if (args.${name}?.length) found = found.in(${text(name)}, args.${name});`),
    ...references.map((one) => `    if (args.${one.name}) found = found${equal(one)};`),
    ...flags.map(({ name }) =>
      `    if (args.${name} !== undefined) found = found.eq(${text(name)}, args.${name});`
    ),
    ...(range === null ? [] : rangeLines(range)),
  ].filter((line) => typeof line === "string");
}

function equal({ name, column, field }: Argument): string {
  const value = `args.${name}`;
  return field.passes === "exact"
    ? `.eq(${text(column.name)}, exact(${value}))`
    : column.type === "uuid" && !column.is_domain
    ? `.eq(${text(column.name)}, ${value})`
    : `.filter(${text(column.name)}, "eq", ${value})`;
}

function rangeLines({ name, column }: Argument): string[] {
  const [from, to] = [`args.${name}_from`, `args.${name}_to`];
  return isTime(column)
    ? [
      `    if (${from}) found = found.gte(${text(name)}, instant(${from}, time_zone));`,
      `    if (${to}) found = found.lt(${text(name)}, endInstant(${to}, time_zone));`,
    ]
    : [
      `    if (${from}) found = found.gte(${text(name)}, ${from});`,
      `    if (${to}) found = found.lte(${text(name)}, ${to});`,
    ];
}

/** The order of a list; its key comes last, so that two rows of one place stay where they are. */
function orders({ list, key }: ToolPlan): string {
  const [first] = list.sorts;
  if (first === undefined) return "";
  const chosen = list.sorts.length > 1
    ? `.order(args.sort_by, { ascending: RISES[args.sort_by], nullsFirst: false })`
    : `.order(${text(first.column.name)}, { ascending: ${first.rises}, nullsFirst: false })`;
  const last = key.filter(({ column }) => list.sorts.length > 1 || column !== first.column)
    .map(({ column }) => `.order(${text(column.name)})`);
  return chosen + last.join("");
}

export function writeGet(plan: ToolPlan, phrases: Phrases): string {
  const { names, key } = plan;
  if (key.length === 0) return "";
  const { row, read } = phrases;
  const { parameter, names: known, prefix } = keyArguments(plan, phrases);
  const named = key.map(({ name }) => name).join(" and ");
  const body = `const ${row} = await ${read}(db, ${keyOf(plan, ({ name }) => prefix + name)});
    if (${row} === null) return notFound(${text(names.noun)}, ${text(named)});
    return ok(
      { ${names.one}: withoutEmpty(${told(row, phrases)}) },
      \`${sentenceCase(names.noun)} ${calledIn(plan, row)}.\`,
      ${shownOne(plan, phrases, row)},
    );`;
  return `export const get${names.Camel} = defineReadTool({
  name: ${text(`get_${names.one}`)},
  category: "detail",
  description: ${text(toolDescriptions(plan).get)},
  args: z.strictObject({ ${key.map(({ name, field }) => `${name}: ${field.code}`).join(", ")} }),
  async run(${parameter}, ${context(body, known)}) {
    ${body}
  },
});`;
}

/** The function that reads one row by its key. */
export function writeRead(plan: ToolPlan, { read, type: row_type }: Phrases): string {
  const { relation, key, deleted, writes } = plan;
  if (key.length === 0) return "";
  const [first, ...others] = key;
  const is_single = others.length === 0;
  const parameter = is_single
    ? `${variable(first?.column.name ?? "")}: string`
    : `key: { ${key.map(({ column }) => `${column.name}: string`).join("; ")} }`;
  const conditions = byKey(plan, ({ column }) => is_single ? variable(column.name) : `key.${column.name}`);
  // A view may show a row twice.
  const end = relation.kind === "view" ? ".limit(1).maybeSingle()" : ".maybeSingle()";
  const type = writes.create === null && writes.update === null
    ? ""
    : `\n\ntype ${row_type} = NonNullable<Awaited<ReturnType<typeof ${read}>>>;`;
  return `async function ${read}(db: Pick<ReadContext["db"], "from">, ${parameter}) {
  const answer = await db.from(${text(relation.name)}).select(SHOWN)${conditions}${
    deleted?.filter ?? ""
  }${end};
  return dataOf(answer);
}${type}`;
}

/** The key as `writeRead`'s function takes it. */
export function keyOf({ key }: ToolPlan, value: (one: Argument) => string): string {
  const [first, ...others] = key;
  if (first !== undefined && others.length === 0) return value(first);
  const parts = key.map((one) =>
    value(one) === one.column.name ? value(one) : `${one.column.name}: ${value(one)}`
  );
  return `{ ${parts.join(", ")} }`;
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
