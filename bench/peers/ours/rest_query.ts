// What a REST request asks of the database: one query with texts as its parameters. It knows the forms that the
// functions use in the measured turns, and throws for every other, so that nothing is answered wrongly.
import type { Catalogue } from "./catalogue.ts";

export interface RestQuery {
  /** Gives one row with the column `body`, JSON as text. */
  text: string;
  parameters: (string | null)[];
  read_only: boolean;
}

/** The query of a request. `body` is that of a POST, parsed. */
export function restQuery(
  { method, url, body, catalogue }: { method: string; url: URL; body: unknown; catalogue: Catalogue },
): RestQuery {
  const [, , , first = "", second = ""] = url.pathname.split("/");
  const read_only = method === "GET";
  if (first !== "rpc") return { ...tableQuery(first, url.searchParams, catalogue), read_only: true };
  const given = read_only ? Object.fromEntries(url.searchParams) : Object(body);
  return { ...callQuery(second, given, catalogue), read_only };
}

function callQuery(name: string, given: Record<string, unknown>, { functions }: Catalogue) {
  const known = functions.get(name);
  if (!known) throw new Error(`Cannot call ${name}: there is no such function`);
  const entries = Object.entries(given);
  const args = entries.map(([arg], i) => {
    const type = known.types[arg];
    if (type === undefined) throw new Error(`Cannot call ${name}: it has no argument ${arg}`);
    return `${arg} := $${i + 1}::text::${type}`;
  });
  const call = `public.${name}(${args.join(", ")})`;
  const answer = known.returns === "rows"
    ? `select coalesce(json_agg(x), '[]')::text as body from ${call} x`
    : known.returns === "nothing"
    ? `select 'null' as body from ${call}`
    : `select to_json(${call})::text as body`;
  return { text: answer, parameters: entries.map(([arg, value]) => asText(value, known.types[arg] ?? "")) };
}

/** A value as Postgres reads it from text. In the address of a GET it is that already. */
function asText(value: unknown, type: string): string | null {
  if (value === null) return null;
  if (/^jsonb?$/.test(type)) return typeof value === "string" ? value : JSON.stringify(value);
  if (!Array.isArray(value)) return String(value);
  return `{${value.map((one) => `"${String(one).replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

function tableQuery(table: string, parameters: URLSearchParams, { columns }: Catalogue) {
  const types = columns.get(table);
  if (!types) throw new Error(`Cannot read ${table}: there is no such table`);
  const known = (column: string): string => {
    if (!(column in types)) throw new Error(`Cannot read ${table}: it has no column ${column}`);
    return `"${column}"`;
  };
  const values: string[] = [];
  const conditions = [...parameters].filter(([key]) => !["select", "order", "limit"].includes(key))
    .map(([column, filter]) => {
      if (filter === "is.null") return `${known(column)} is null`;
      if (!filter.startsWith("eq.")) throw new Error(`Cannot read ${table}: ${column}=${filter} is unknown`);
      return `${known(column)} = $${values.push(filter.slice("eq.".length))}::text::${types[column]}`;
    });
  const selected = (parameters.get("select") ?? "").replaceAll(/\s/g, "").split(",").map(known);
  const order = (parameters.get("order") ?? "").split(",").filter((one) => one !== "").map((one) => {
    const [column = "", direction = "asc"] = one.split(".");
    return `${known(column)} ${direction === "desc" ? "desc" : "asc"}`;
  });
  const rows = [
    `select ${selected.join(", ")} from public."${table}"`,
    ...(conditions.length > 0 ? [`where ${conditions.join(" and ")}`] : []),
    ...(order.length > 0 ? [`order by ${order.join(", ")}`] : []),
    ...(parameters.has("limit") ? [`limit ${Number(parameters.get("limit"))}`] : []),
  ];
  return {
    text: `select coalesce(json_agg(x), '[]')::text as body from (${rows.join(" ")}) x`,
    parameters: values,
  };
}
