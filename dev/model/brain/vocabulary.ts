// What can be spoken of with the offered tools: kinds of things and their fields, read from names and schemas.
import { type OfferedTool, type Row, rowOf } from "./conversation.ts";

export interface Field {
  name: string;
  kind: "set" | "number" | "boolean" | "reference" | "text" | "other";
  /** Of a closed set; `list` where several are taken. */
  values: string[];
  list: boolean;
  required: boolean;
}

/** `changes` are the fields of `updates`, or all that do not name its row; `keys` the required ones, which do. */
export type Tool = { name: string; fields: Field[]; changes: Field[]; keys: string[] };
/** What tools do; and what people ask for that a list answers. */
export type Verb = "list" | "get" | "create" | "update" | "delete" | "schedule" | "count";
/** A kind of thing, such as `deal`; known by its tools, or only because a field refers to it. */
export type Subject = { noun: string; tools: Partial<Record<Verb, Tool>> };
export type Vocabulary = ReadonlyMap<string, Subject>;

const VERBS: Record<string, Verb> = {
  ...{ list: "list", search: "list", find: "list", get: "get", create: "create", update: "update" },
  ...{ delete: "delete", schedule: "schedule", update_or_schedule: "schedule" },
};
const NAME = /^(?!create_plan$)(update_or_schedule|[a-z]+)_(.+?)(?:_details|_for_.+)?$/;

export function vocabularyOf(offered: readonly OfferedTool[]): Vocabulary {
  const found = new Map<string, Subject>();
  const toolsOf = (noun: string) =>
    (found.get(noun) ?? found.set(noun, { noun, tools: {} }).get(noun))?.tools ?? {};
  for (const tool of offered) {
    const [, word = "", rest = ""] = NAME.exec(tool.name) ?? [];
    const does = word === "get" && singular(rest) !== rest ? "list" : VERBS[word];
    if (does) toolsOf(singular(rest))[does] ??= toolOf(tool);
    if (word === "update_or_schedule") toolsOf(singular(rest)).schedule = toolOf(tool);
  }
  const tools = [...found.values()].flatMap((one) => Object.values(one.tools));
  for (const { name, kind } of tools.flatMap(({ fields, changes }) => [...fields, ...changes])) {
    if (kind === "reference" && !referred(name, found)) toolsOf(name.replace(/_id$/, ""));
  }
  return found;
}

/** The kind of thing that a field such as `parent_task_id` names a row of. */
export function referred(field: string, vocabulary: Vocabulary): Subject | undefined {
  const noun = field.replace(/_id$/, "");
  return vocabulary.get(noun) ?? [...vocabulary.values()].find((one) => noun.endsWith(`_${one.noun}`));
}

/** "deal" for "deals", "category" for "categories". */
export function singular(noun: string): string {
  const one = noun.replace(/ies$/, "y").replace(/(ss|us|x|ch|sh)es$/, "$1").replace(/([^su])s$/, "$1");
  return /(?:ss|us|is)$/.test(noun) ? noun : one;
}

export function plural(noun: string): string {
  return noun.replace(/([^aeiou])y$/, "$1ie").replace(/(s|x|ch|sh)$/, "$1e") + "s";
}

/** A name of the schema's as people say it. */
export function spoken(name: string): string {
  return name.replace(/_(?:id|minutes)$/, "").replaceAll("_", " ");
}

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function toolOf({ name, parameters }: OfferedTool): Tool {
  const fields = fieldsOf(rowOf(parameters));
  const updates = fieldsOf(rowOf(rowOf(rowOf(parameters).properties).updates));
  const keys = fields.filter((one) => one.required && one.name !== "updates").map((one) => one.name);
  const others = fields.filter((one) => !keys.includes(one.name));
  return { name, fields, keys, changes: updates.length > 0 ? updates : others };
}

function fieldsOf({ properties, required = [] }: Row): Field[] {
  return Object.entries(rowOf(properties)).map(([name, schema]) => {
    const list = rowOf(schema).type === "array";
    const { enum: set, type = "" } = list ? rowOf(rowOf(schema).items) : rowOf(schema);
    const values = Array.isArray(set) ? set.filter((one) => typeof one === "string") : [];
    const kind = values.length > 0
      ? "set"
      : /_id$/.test(name)
      ? "reference"
      : KINDS[String([type].flat()[0])] ?? "other";
    const own = /^(?:limit|cursor|query|sort_by|updates)$/.test(name) ? "other" : kind;
    return { name, kind: own, values, list, required: [required].flat().includes(name) };
  });
}

const KINDS: Record<string, Field["kind"]> = {
  ...{ number: "number", integer: "number", boolean: "boolean", string: "text" },
};
