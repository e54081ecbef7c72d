// A model's arguments, parsed. Slips whose meaning is plain are mended first (null for "not given" where the
// field can't be cleared, one value where a list is asked for, a number in quotes or one that wants them, a uuid in
// capitals); everything else that does not fit becomes a sentence that names the field and what would be right.
import { z } from "zod";
import type { Json } from "../contracts/text.ts";
import { digitsOf } from "./number_fields.ts";

export type ReadArguments<Value> =
  | { ok: true; value: Value }
  /** `field` is the path of the first that does not fit, such as `updates.title`; empty where none is to blame. */
  | { ok: false; problem: string; field: string };

type Fields = { [key: string]: Json };

const Schema = z.record(z.string(), z.json());

export interface ArgumentReader<Value> {
  /** The arguments without their slips: what the tool acts on, and whoever judges the call has to see. */
  mend(raw: Json): Json;
  read(raw: Json): ReadArguments<Value>;
}

/** A parser of arguments for `args`. */
export function argumentReader<Args extends z.ZodType>(args: Args): ArgumentReader<z.output<Args>> {
  let schema: Fields | undefined;
  // The JSON Schema of the arguments, formats included, says which slips to mend.
  const known = () => schema ??= Schema.parse(z.toJSONSchema(args, { io: "input", unrepresentable: "any" }));
  const mend = (raw: Json) => mended(raw ?? {}, known());
  return {
    mend,
    read(raw) {
      const parsed = args.safeParse(mend(raw), { reportInput: true });
      if (parsed.success) return { ok: true, value: parsed.data };
      const { issues } = parsed.error;
      const problem = issues.map((issue) => sentence(issue, known())).join(" ");
      return { ok: false, problem, field: issues[0]?.path.join(".") ?? "" };
    },
  };
}

function mended(value: Json, field_schema: Fields): Json {
  const { schema } = whole(field_schema);
  if (schema.type === "object" && isObject(schema.properties)) {
    const { properties } = schema;
    if (!isObject(value)) return value;
    const given = Object.entries(value).filter(([name, field]) =>
      field !== null || takesNull(properties[name])
    );
    const fields = given.map(([name, field]): [string, Json] => {
      const known = properties[name];
      return [name, isObject(known) ? mended(field, known) : field];
    });
    return Object.fromEntries(fields.filter(([name, field]) => field !== "" || keepsEmpty(properties[name])));
  }
  if (value === null) return value;
  if (schema.type === "array") {
    const { items } = schema;
    const list = Array.isArray(value) ? value : [value];
    return isObject(items) ? list.map((item) => mended(item, items)) : list;
  }
  if (typeof value === "number") return schema.format === "digits" ? digitsOf(value) ?? value : value;
  if (typeof value !== "string") return value;
  if (schema.type === "integer" && /^\d+$/.test(value.trim())) return Number(value);
  if (schema.format === "uuid" || schema.format === "guid") return value.toLowerCase();
  if (schema.type === "boolean" && /^(true|false)$/i.test(value.trim())) return /^true$/i.test(value.trim());
  return value;
}

/** An empty string is a value only where any text is: elsewhere it is a model's way to leave a field out. */
function keepsEmpty(field_schema: Json | undefined): boolean {
  if (!isObject(field_schema)) return true;
  const { schema } = whole(field_schema);
  return (schema.type === "string" && !("format" in schema) && !("enum" in schema));
}

function takesNull(schema: Json | undefined): boolean {
  return isObject(schema) && whole(schema).nullable;
}

/** A field's schema apart from the null that clears it. */
function whole(schema: Fields): { schema: Fields; nullable: boolean } {
  const members = Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject) : [];
  const [only, ...others] = members.filter(({ type }) => type !== "null");
  const nullable = members.length === 2 && only !== undefined && others.length === 0;
  return nullable ? { schema: only, nullable } : { schema, nullable };
}

function sentence(issue: z.core.$ZodIssue, schema: Fields): string {
  const name = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(propertiesAt(schema, issue.path));
    const unknown = issue.keys.map((key) => `"${key.slice(0, 60)}"`).join(", ");
    const where = name === "" ? "argument" : `field in ${name}`;
    return known.length === 0
      ? `Unknown ${where}: ${unknown}; this tool takes none.`
      : `Unknown ${where}: ${unknown}. Known: ${known.join(", ")}.`;
  }
  if (issue.code === "invalid_type" && issue.input === undefined) return `${name} is required.`;
  return `${name || "The arguments"}: ${issue.message.replace(/^Invalid (input|option): /, "")}.`;
}

function propertiesAt(schema: Fields, path: readonly PropertyKey[]): Fields {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const [first, ...rest] = path;
  if (first === undefined) return properties;
  const next = properties[String(first)];
  return isObject(next) ? propertiesAt(next, rest) : {};
}

function isObject(value: Json | undefined): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
