// Arguments as a form: a field for each value, and back again.
import type { Json } from "../../shared/contracts/text.ts";

export type FieldKind = "text" | "number" | "flag" | "json";

export interface ArgumentField {
  name: string;
  kind: FieldKind;
  /** As it is typed; of a flag "true" or "false". */
  text: string;
}

/** The fields of these arguments; a value that is neither text, number nor flag is edited as JSON. */
export function fieldsOf(args: Json): ArgumentField[] {
  if (!(args instanceof Object) || Array.isArray(args)) return [];
  return Object.entries(args).map(([name, value]) => {
    if (typeof value === "string") return { name, kind: "text", text: value };
    if (typeof value === "number") return { name, kind: "number", text: String(value) };
    if (typeof value === "boolean") return { name, kind: "flag", text: String(value) };
    return { name, kind: "json", text: JSON.stringify(value, null, 2) };
  });
}

export type ReadArguments =
  | { ok: true; arguments: Record<string, Json> }
  | { ok: false; field: string; problem: string };

/** The arguments that the fields say. */
export function argumentsOf(fields: readonly ArgumentField[]): ReadArguments {
  const entries: [string, Json][] = [];
  for (const field of fields) {
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
