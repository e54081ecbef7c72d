// The file of a relation's tools, as code that `deno fmt` has yet to set.
import type { Argument } from "./facts.ts";
import type { ToolPlan } from "./tool_plan.ts";
import { isReadAsText, ownRows, type Phrases, phrasesFor, text } from "./phrases.ts";
import type { Column } from "./relation.ts";
import { importsFor } from "./write_imports.ts";
import { writeGet, writeList, writeRead } from "./write_readers.ts";
import { writeCreate, writeTold, writeUpdate } from "./write_writers.ts";

/** `command` are the flags by which it is made again. */
export function writeTools(plan: ToolPlan, command: string): string {
  const { names, relation } = plan;
  const phrases = phrasesFor(plan);
  const tools = [writeList, writeGet, writeCreate, writeUpdate].map((write) => write(plan, phrases))
    .filter((tool) => tool !== "");
  const exported = [...tools.join("\n").matchAll(/^export const (\w+) = define/gm)].map(([, name]) => name);
  const code = [
    ...writeConstants(plan, phrases),
    ...tools,
    `export const ${names.list} = [${exported.join(", ")}];`,
    writeRead(plan, phrases),
    ...writeTold(plan, phrases),
    ...writeEmbedded(plan, phrases),
  ].filter((part) => part !== "").join("\n\n");
  return `// The tools for ${names.nouns}: made of ${relation.quoted} by
// deno task new-tools ${command}
// and yours from then on.
${importsFor(code)}

${code}
`;
}

function writeConstants(plan: ToolPlan, { times }: Phrases): string[] {
  const { sets, shown, list, key } = plan;
  const codes = fieldCodes(plan);
  const used = new Map([...sets.values()].map((set) => [set.constant, set]));
  const selected = key.length > 0
    ? `/** The columns of a row by itself, and of each in a list. */
const SHOWN = ${text(selection(plan, shown.columns))};
const LISTED = ${text(selection(plan, shown.listed))};`
    : `/** The columns of each row in a list. */
const LISTED = ${text(selection(plan, shown.listed))};`;
  const rises = list.sorts.map(({ column, rises }) => `${column.name}: ${rises}`).join(", ");
  return [
    [...used.values()].filter(({ constant }) => codes.has(constant))
      .map(({ constant, labels }) => `const ${constant} = z.enum(${JSON.stringify(labels)});`).join("\n"),
    selected,
    times.length === 0 ? "" : `/** Those that hold times. */\nconst TIMES = ${JSON.stringify(times)};`,
    list.sorts.length < 2
      ? ""
      : `/** What a list can be sorted by, and whether that rises. */\nconst RISES = { ${rises} };`,
  ];
}

/** The names in the fields of all arguments. */
function fieldCodes({ list, writes, key }: ToolPlan): Set<string> {
  const all: readonly Argument[] = [
    ...[...list.sets, ...list.references, ...key],
    ...[...writes.create?.arguments ?? [], ...writes.update?.arguments ?? []],
  ];
  return new Set(all.flatMap(({ field }) => field.code.match(/\w+/g) ?? []));
}

/** A query's columns. What JSON, or the generated types, have no form for is read as text. */
function selection({ shown, key }: ToolPlan, columns: readonly Column[]): string {
  const own = columns.map((column) => {
    const names_row = [...key, ...shown.references].some((one) => one.column === column);
    return isReadAsText(column, { names_row }) ? `${column.name}::text` : column.name;
  });
  const others = shown.embedded.filter(({ column }) => columns.includes(column)).map(
    ({ name, target, constraint, title }) => `${name}:${target.name}!${constraint}(${title.name})`,
  );
  return [...own, ...others].join(", ");
}

/** How rows are told that refer to others, and which rows that shows. */
function writeEmbedded(plan: ToolPlan, { embedded, row, rows, tell, shows, zone, times }: Phrases): string[] {
  if (embedded.length === 0) return [];
  const names = embedded.map(({ name }) => name);
  const fields = `{ ...${row}, ${
    embedded.map(({ name, title }) => `${name}: ${name}?.${title.name}`).join(", ")
  } }`;
  const types = embedded.map(({ name, title }) => `${name}?: { ${title.name}: string | null } | null`);
  const keys = [
    ...plan.key.map(({ column }) => `${column.name}: string`),
    ...embedded.filter(({ column }) => !plan.key.some((one) => one.column === column))
      .map(({ column }) => `${column.name}?: string | null`),
  ];
  const parents = embedded.map(({ column, target }) =>
    `...shown(${text(target.quoted)}, ...new Set(${rows}.map((${row}) => ${row}.${column.name})))`
  );
  return [
    `/** A row with the titles of those that it refers to, in their places. */
function ${tell}({ ${names.join(", ")}, ...${row} }: RowFields & { ${types.join("; ")} }${
      zone === "" ? "" : ", time_zone: string"
    }): RowFields {
  return ${times.length > 0 ? `localTimes(${fields}, TIMES${zone})` : fields};
}`,
    plan.key.length === 0 ? "" : `/** The rows of which text is told. */
function ${shows}(${rows}: readonly { ${keys.join("; ")} }[]) {
  return [
    ...${ownRows(plan, rows, row)},
    ${parents.join(",\n    ")},
  ];
}`,
  ];
}
