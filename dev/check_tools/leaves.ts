// The arguments of a tool, as its schema names them: each leaf with values that may be right for it.
import type { Json } from "../../shared/contracts/text.ts";
import type { Tool } from "../../shared/tools/define_tool.ts";

type Fields = { [key: string]: Json };

export interface Leaf {
  /** Such as `updates.title`. */
  path: string;
  name: string;
  required: boolean;
  /** It takes free text. */
  is_text: boolean;
  is_list: boolean;
  /** It names a row. */
  is_key: boolean;
  /** Relations of which it names a row, and of which there is none. */
  without_rows: readonly string[];
  candidates: readonly Json[];
}

/**
 * Values of rows that a leaf of this name may mean, whether they are a row's key, or a part of it, and the relations by
 * whose key it is named and of which there is no row.
 */
export type Known = (
  name: string,
  tool: Tool,
) => { values: readonly string[]; is_key: boolean; without_rows: readonly string[] };

export function leavesOf(tool: Tool, known: Known): Leaf[] {
  return within(tool.schema.parameters, "", true, tool, known);
}

function within(schema: Json, path: string, required: boolean, tool: Tool, known: Known): Leaf[] {
  const { properties, required: names } = isFields(schema) ? schema : {};
  if (!isFields(properties)) return [];
  const needed = Array.isArray(names) ? names : [];
  return Object.entries(properties).flatMap(([name, field]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const is_required = required && needed.includes(name);
    if (isFields(field) && isFields(field.properties)) return within(field, at, is_required, tool, known);
    return [leaf(name, at, is_required, field, tool, known)];
  });
}

function leaf(name: string, path: string, required: boolean, field: Json, tool: Tool, known: Known): Leaf {
  const schema = isFields(field) ? field : {};
  const is_list = types(schema).includes("array");
  const inner = is_list && isFields(schema.items) ? schema.items : schema;
  const { values: own, ...means } = known(name, tool);
  const is_key = means.is_key || isKey(name);
  const plain = plainValues(name, inner);
  const is_number = types(inner).some((type) => type === "integer" || type === "number");
  const keys: Json[] = is_number ? own.filter((value) => /^-?\d{1,15}$/.test(value)).map(Number) : [...own];
  const is_closed = Array.isArray(inner.enum) || types(inner).includes("boolean");
  const values = is_closed
    ? plain
    : is_key || own.length > 0 && tool.access === "read"
    ? [...keys, ...plain]
    : [...plain, ...keys];
  return {
    ...{ path, name, required, is_list, is_key, without_rows: means.without_rows },
    is_text: types(inner).includes("string") && !is_closed && inner.format === undefined && !is_key,
    candidates: is_list ? values.map((value) => [value]) : values,
  };
}

/** Whether a name is likely to be that of a key. */
function isKey(name: string): boolean {
  return /(^|_)ids?$|_key$|^key$|^code$/.test(name);
}

const MOMENTS: readonly Json[] = ["2026-11-24T09:00", "2026-11-24"];
const LATER: readonly Json[] = ["2026-11-24T11:00", "2026-11-25"];

function plainValues(name: string, schema: Fields): Json[] {
  if (Array.isArray(schema.enum)) return schema.enum.filter((value) => value !== null);
  const kinds = types(schema);
  if (kinds.includes("boolean")) return [true, false];
  if (kinds.includes("integer")) return [5, 30, 1, 60, 1000];
  if (kinds.includes("number")) return [1, 1.5, 100];
  if (kinds.includes("object")) return [{}, { a: 1 }];
  if (kinds.includes("array")) return [[]];
  const text = `Sample ${name}`.replaceAll("_", " ");
  const times = /(^|_)(end|ends|until|to|max|before)(_|$)/.test(name) ? LATER : MOMENTS;
  const is_time =
    /time|date|_at$|^(from|to|until|after|before|since|day|start|end)|_(from|to|until|before|after)$/.test(
      name,
    ) &&
    !/zone/.test(name);
  const odd = ["09:00", "1 hour", "1", "1.5", "a@example.com", "https://example.com", "sample-1", "a"];
  return [
    ...(is_time ? times : /zone/.test(name) ? ["Europe/Berlin"] : []),
    ...(/mail/.test(name) ? ["a@example.com"] : []),
    text,
    ...times.filter(() => !is_time),
    ...odd,
    crypto.randomUUID(),
  ];
}

function types(schema: Fields): Json[] {
  const { type } = schema;
  return Array.isArray(type) ? type : type === undefined ? ["string", "number", "object"] : [type];
}

export function isFields(value: Json | undefined): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Arguments with these values at these paths. */
export function argumentsWith(values: readonly (readonly [path: string, value: Json])[]): Fields {
  const args: Fields = {};
  for (const [path, value] of values) {
    const names = path.split(".");
    const last = names.pop() ?? "";
    let inner = args;
    for (const name of names) {
      const next = inner[name];
      const object = isFields(next) ? next : {};
      inner[name] = object;
      inner = object;
    }
    inner[last] = value;
  }
  return args;
}
