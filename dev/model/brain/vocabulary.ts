// What can be spoken of with the offered tools: kinds of things and their fields, read from names and schemas.
import { plural, singular } from "../../new_tools/naming.ts";
import { type OfferedTool, type Row, rowOf } from "./conversation.ts";

/** Its kind is `set`, `reference`, `setting` (which says nothing of a row), or the type that its values have. */
export type Field = { name: string; kind: string; values: string[]; takesList: boolean; required: boolean };
/** `changes` are the fields of `updates`, or all that do not name its row; `keys` the required ones, which do. */
export type Tool = { name: string; fields: Field[]; changes: Field[]; keys: string[] };
/** What tools do; and what people ask for that a list answers. */
export type Verb = "list" | "get" | "create" | "update" | "delete" | "schedule" | "count";
/** A kind of thing, such as `deal`; known by its tools, or only because a field refers to it. */
export type Subject = { noun: string; one: string; many: string; tools: Partial<Record<Verb, Tool>> };
/** One that is named; or the one that the chat is about, where there is no name. */
export type Parent = { subject: Subject; name?: string | null };
export type Vocabulary = ReturnType<typeof vocabularyOf>;

const VERBS: Record<string, Verb> = {
  ...{ list: "list", search: "list", find: "list", get: "get", create: "create", update: "update" },
  ...{ delete: "delete", update_or_schedule: "schedule" },
};
const NAME = /^(?!create_plan$)(update_or_schedule|[a-z]+)_(.+?)(?:_details|_for_.+)?$/;

export function vocabularyOf(offered: readonly OfferedTool[]) {
  const found = new Map<string, Subject>();
  const add = (noun: string, tools: Subject["tools"]) => {
    const said = { one: spoken(noun), many: spoken(plural(noun)) };
    found.set(noun, { noun, ...said, tools: { ...tools, ...found.get(noun)?.tools } });
  };
  for (const tool of offered) {
    const [, word = "", rest = ""] = NAME.exec(tool.name) ?? [];
    const does = word === "get" && singular(rest) !== rest ? "list" : VERBS[word];
    if (does) add(singular(rest), { [does]: toolOf(tool) });
  }
  // What a field such as `parent_task_id` names a row of.
  const referred = (field: string) => {
    const noun = field.replace(/_id$/, "");
    return found.get(noun) ?? [...found.values()].find((one) => noun.endsWith(`_${one.noun}`));
  };
  const tools = [...found.values()].flatMap((one) => Object.values(one.tools));
  for (const { name, kind } of tools.flatMap(({ fields, changes }) => [...fields, ...changes])) {
    if (kind === "reference" && !referred(name)) add(name.replace(/_id$/, ""), {});
  }
  const subjects = [...found.values()];
  // What is called so: by all of its words, or by one that no shorter name has.
  const names = new Map<string, Subject>();
  const words = ({ noun }: Subject) => noun.split("_");
  for (const subject of subjects.toSorted((a, b) => words(a).length - words(b).length)) {
    const forms = [subject.noun, ...words(subject).filter((word) => word.length > 3)];
    const all = forms.flatMap((name) => [spoken(name), spoken(plural(name))]);
    for (const name of all.filter((name) => !names.has(name))) names.set(name, subject);
  }
  const subjectOf = (said: string) => names.get(said.toLowerCase());
  const nouns = [...names.keys()].toSorted((a, b) => b.length - a.length).join("|") || "(?!)";
  return { subjects, nouns: `(?:${nouns})`, subjectOf, referred };
}

/** The closed sets of a kind of thing, as any of its tools has them. */
export function setsOf({ tools: { list, update, create } }: Subject): Field[] {
  const fields = [create, update, list].flatMap((tool) => [...tool?.changes ?? [], ...tool?.fields ?? []]);
  return [...new Map(fields.filter(({ kind }) => kind === "set").map((one) => [one.name, one])).values()];
}

/** A name of the schema's as people say it, and "the deal "Renewal"". */
export const spoken = (name: string) => name.replace(/_(?:id|minutes)$/, "").replaceAll("_", " ");
export const theOne = ({ one }: Subject, name: string) => `the ${one} "${name}"`;

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
    const takesList = rowOf(schema).type === "array";
    const { enum: set = [], type = "" } = rowOf(takesList ? rowOf(schema).items : schema);
    const values = [set].flat().filter((one) => typeof one === "string");
    const kind = values.length > 0 ? "set" : /_id$/.test(name) ? "reference" : String([type].flat()[0]);
    const own = /^(?:limit|cursor|query|sort_by|updates)$/.test(name) ? "setting" : kind;
    return { name, kind: own, values, takesList, required: [required].flat().includes(name) };
  });
}
