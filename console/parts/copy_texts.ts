// What "Copy as" puts on the clipboard: texts that read a row again. The token is `$TOKEN` in them, never its value.
import type { Project } from "../data/project.ts";
import type { RowAddress } from "../data/row_address.ts";

export function curlText(project: Project, row: RowAddress): string {
  const query = new URLSearchParams(
    Object.entries(row.key).map(([column, value]) => [column, `eq.${value}`]),
  );
  const headers = [`apikey: ${project.publishable_key}`, ...profile(project)];
  return [
    `curl ${shellWord(`${project.url}/rest/v1/${row.table}?${query}`)}`,
    // In double quotes, so that the shell puts the token in.
    `  -H "authorization: Bearer $TOKEN"`,
    ...headers.map((header) => `  -H ${shellWord(header)}`),
  ].join(" \\\n");
}

function profile({ schema }: Project): string[] {
  return schema === "public" ? [] : [`accept-profile: ${schema}`];
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function supabaseText({ schema }: Project, { table, key }: RowAddress): string {
  const from = schema === "public" ? "" : `.schema(${JSON.stringify(schema)})`;
  return [
    `const { data, error } = await supabase${from}`,
    `  .from(${JSON.stringify(table)})`,
    `  .select()`,
    ...Object.entries(key).map(([column, value]) =>
      `  .eq(${JSON.stringify(column)}, ${JSON.stringify(value)})`
    ),
    `  .single();`,
  ].join("\n");
}

export function sqlText({ schema }: Project, { table, key }: RowAddress): string {
  const where = Object.entries(key).map(([column, value]) => `${name(column)} = ${literal(value)}`);
  return `select * from ${name(schema)}.${name(table)} where ${where.join(" and ")};`;
}

function name(word: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`;
}

function literal(value: string | number): string {
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

/** The page's own address with another hash: what a colleague opens. */
export function linkText(page: string, hash: string): string {
  return `${page.split("#")[0]}${hash.startsWith("#") ? hash : `#${hash}`}`;
}
