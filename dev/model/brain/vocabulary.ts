// What can be spoken of with the offered tools: kinds of things and their fields, read from names and schemas.
import { type OfferedTool, type Row, rowOf } from "./conversation.ts";

export interface Field {
  name: string;
  kind: "set" | "number" | "boolean" | "reference" | "text" | "other";
  /** Of a closed set. */
  values: string[];
  list: boolean;
  required: boolean;
}

export interface Tool {
  name: string;
  fields: Field[];
  /** What it changes: the fields of `updates`, or all that do not name its row. */
  changes: Field[];
  /** The required fields, which name its row where it has one. */
  keys: string[];
}

/** What tools do; and what people ask for that a list answers. */
export type Verb = "list" | "get" | "create" | "update" | "delete" | "schedule" | "count";

/** A kind of thing, such as `deal`; known by its tools, or only because a field refers to it. */
export type Subject = { noun: string; tools: Partial<Record<Verb, Tool>> };

export type Vocabulary = ReadonlyMap<string, Subject>;

const ACTIONS: Record<string, Verb> = {
  ...{ list: "list", search: "list", find: "list", get: "get", create: "create", update: "update" },
  ...{ delete: "delete", schedule: "schedule", update_or_schedule: "schedule" },
};

export function vocabularyOf(offered: readonly OfferedTool[]): Vocabulary {
  const found = new Map<string, Subject>();
  const subject = (noun: string): Subject =>
    found.get(noun) ?? found.set(noun, { noun, tools: {} }).get(noun)!;
  for (const tool of offered) {
    const [, verb = "", rest = ""] =
      /^(update_or_schedule|[a-z]+)_(.+?)(?:_details|_for_.+)?$/.exec(tool.name) ?? [];
    const action = verb === "get" && singular(rest) !== rest ? "list" : ACTIONS[verb];
    if (action === undefined || tool.name === "create_plan") continue;
    const { tools } = subject(singular(rest));
    if (tools[action] === undefined || verb === "update_or_schedule") tools[action] = toolOf(tool);
  }
  for (const { fields, changes } of [...found.values()].flatMap(({ tools }) => Object.values(tools))) {
    const names = [...fields, ...changes].filter(({ kind }) => kind === "reference").map(({ name }) => name);
    for (const name of names) if (!referred(name, found)) subject(name.replace(/_id$/, ""));
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
  if (/(?:ss|us|is)$/.test(noun)) return noun;
  return noun.replace(/ies$/, "y").replace(/(ss|us|x|ch|sh)es$/, "$1").replace(/s$/, "");
}

export function plural(noun: string): string {
  return noun.replace(/([^aeiou])y$/, "$1ie").replace(/(s|x|ch|sh)$/, "$1e") + "s";
}

/** A name of the schema's as people say it. */
export function spoken(name: string): string {
  return name.replace(/_(?:id|minutes)$/, "").replaceAll("_", " ");
}

function toolOf({ name, parameters }: OfferedTool): Tool {
  const fields = fieldsOf(rowOf(parameters));
  const updates = fieldsOf(rowOf(rowOf(rowOf(parameters).properties).updates));
  const keys = fields.filter((one) => one.required && one.name !== "updates").map((one) => one.name);
  return {
    name,
    fields,
    keys,
    changes: updates.length ? updates : fields.filter((one) => !keys.includes(one.name)),
  };
}

function fieldsOf({ properties, required }: Row): Field[] {
  return Object.entries(rowOf(properties)).map(([name, schema]) => {
    const list = rowOf(schema).type === "array";
    const { enum: set, type } = list ? rowOf(rowOf(schema).items) : rowOf(schema);
    const values = Array.isArray(set) ? set.filter((one) => typeof one === "string") : [];
    const needed = Array.isArray(required) && required.includes(name);
    return { name, kind: kindOf(name, JSON.stringify(type ?? ""), values), values, list, required: needed };
  });
}

function kindOf(name: string, type: string, values: readonly string[]): Field["kind"] {
  if (/^(?:limit|cursor|query|sort_by|updates)$/.test(name)) return "other";
  if (values.length > 0) return "set";
  if (/_id$/.test(name)) return "reference";
  return /number|integer/.test(type)
    ? "number"
    : /boolean/.test(type)
    ? "boolean"
    : /string/.test(type)
    ? "text"
    : "other";
}
