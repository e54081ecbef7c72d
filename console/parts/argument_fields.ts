// Arguments as a form: a field for each value, and for each that their tool knows besides, and back again.
import type { Json } from "../../shared/contracts/text.ts";

export type FieldKind = "text" | "number" | "flag" | "json";

export interface ArgumentField {
  name: string;
  kind: FieldKind;
  /** As it is typed; of a flag "true" or "false". Null of what is left out. */
  text: string | null;
  /** The only values that it may have. */
  options?: readonly string[];
  /** What its tool says of it. */
  about?: string;
}

/** The schema of a tool's arguments. */
export type ArgumentSchema = Readonly<Record<string, Json>>;

/**
 * The fields of these arguments, and behind them those that the schema knows besides, left out. A value that is neither
 * text, number nor flag is edited as JSON.
 */
export function fieldsOf(args: Json, schema: ArgumentSchema = {}): ArgumentField[] {
  const known = propertiesOf(schema.properties);
  const given = propertiesOf(args);
  return [
    ...Object.entries(given).map(([name, value]) => ({ ...fieldOf(name, value), ...told(known, name) })),
    ...Object.keys(known).filter((name) => !Object.hasOwn(given, name)).map((name) => ({
      ...{ name, kind: kindOf(propertiesOf(known[name]).type), text: null },
      ...told(known, name),
    })),
  ];
}

function fieldOf(name: string, value: Json): ArgumentField {
  if (typeof value === "string") return { name, kind: "text", text: value };
  if (typeof value === "number") return { name, kind: "number", text: String(value) };
  if (typeof value === "boolean") return { name, kind: "flag", text: String(value) };
  return { name, kind: "json", text: JSON.stringify(value, null, 2) };
}

/** What the schema says of one. */
function told(known: ArgumentSchema, name: string): Pick<ArgumentField, "options" | "about"> {
  if (!Object.hasOwn(known, name)) return {};
  const { enum: values, description } = propertiesOf(known[name]);
  const options = Array.isArray(values) ? values.filter((one) => typeof one === "string") : [];
  return {
    ...(options.length > 0 && { options }),
    ...(typeof description === "string" && { about: description }),
  };
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  string: "text",
  number: "number",
  integer: "number",
  boolean: "flag",
};

/** A schema may name a list of types, of which one is null. */
function kindOf(type: Json | undefined): FieldKind {
  const one = Array.isArray(type) ? type.find((each) => each !== "null") : type;
  return typeof one === "string" ? KINDS[one] ?? "json" : "json";
}

function propertiesOf(value: Json | undefined): Record<string, Json> {
  return value instanceof Object && !Array.isArray(value) ? value : {};
}

export type ReadArguments =
  | { ok: true; arguments: Record<string, Json> }
  | { ok: false; field: string; problem: string };

/** The arguments that the fields say. */
export function argumentsOf(fields: readonly ArgumentField[]): ReadArguments {
  const entries: [string, Json][] = [];
  for (const field of fields) {
    if (field.text === null) continue;
    const value = valueOf(field);
    if (value === undefined) return { ok: false, field: field.name, problem: problemOf(field) };
    entries.push([field.name, value]);
  }
  return { ok: true, arguments: Object.fromEntries(entries) };
}

/** The arguments that a text says, which must be a JSON object. */
export function argumentsIn(text: string): ReadArguments {
  const value = jsonOf(text);
  if (value instanceof Object && !Array.isArray(value)) return { ok: true, arguments: value };
  return { ok: false, field: "", problem: "This is no JSON object." };
}

function valueOf({ kind, text }: ArgumentField): Json | undefined {
  if (text === null) return undefined;
  if (kind === "text") return text;
  if (kind === "flag") return text === "true";
  if (kind === "json") return jsonOf(text);
  const number = Number(text);
  return text.trim() === "" || !Number.isFinite(number) ? undefined : number;
}

function problemOf({ kind, name }: ArgumentField): string {
  return kind === "number" ? `${name} must be a number.` : `${name} must be JSON.`;
}

function jsonOf(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
