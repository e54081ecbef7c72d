// Single edits of the text of a `config.toml`. Each `without` undoes its `with`, to the byte.
import type { FunctionName } from "./engine.ts";
import { type Element, elements, type Statement, statements } from "./toml_scan.ts";

/** What the CLI serves where a file does not say it. */
export const SERVED_BY_DEFAULT: readonly string[] = ["public", "graphql_public"];

/** With the schema in the list of those that the API serves; `served` is null where there is no list. */
export function withSchema(text: string, schema: string, served: readonly string[] | null): string {
  if (served === null) return withList(text, schema);
  const pair = schemasPair(text);
  if (pair === undefined) return text;
  const listed = elements(text, pair.value);
  const last = listed.at(-1);
  const name = JSON.stringify(schema);
  if (last === undefined) return spliced(text, pair.value + 1, 0, name);
  const before = text.slice(listed.at(-2)?.end ?? pair.value + 1, last.start);
  const own_line = /\n[ \t]*$/.exec(before) !== null;
  const end = (last.comma ?? last.end - 1) + 1;
  const rest_of_line = /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n)/.exec(text.slice(end))?.[0].length ?? 0;
  const [gap = " "] = own_line ? /\r?\n[ \t]*$/.exec(before) ?? [] : [];
  const added = spliced(
    text,
    own_line ? end + rest_of_line : end,
    0,
    `${gap}${name}${last.comma === null ? "" : ","}`,
  );
  return last.comma === null ? spliced(added, last.end, 0, ",") : added;
}

/** Without the schema in that list, or without the list where it was made for it. */
export function withoutSchema(text: string, schema: string): string {
  const without_table = withoutAppended(text, apiTable(text, schema));
  if (without_table !== null) return without_table;
  const line = `${lineEnd(text)}${listLine(schema)}`;
  if (text.includes(line)) return text.replace(line, () => "");
  const pair = schemasPair(text);
  if (pair === undefined) return text;
  const listed = elements(text, pair.value);
  const at = listed.findIndex(({ start, end }) => isName(text.slice(start, end), schema));
  const element = listed[at];
  if (element === undefined) return text;
  const gap = /\s*$/.exec(text.slice(pair.value + 1, element.start))?.[0].length ?? 0;
  const end = (element.comma ?? element.end - 1) + 1;
  const removed = spliced(text, element.start - gap, end - element.start + gap, "");
  const before: Element | undefined = listed[at - 1];
  return element.comma === null && before?.comma != null ? spliced(removed, before.comma, 1, "") : removed;
}

/** With the table of a function at the end. */
export function withFunction(text: string, name: FunctionName): string {
  return appended(text, tableOf(text, name));
}

/** Without it: the text that was put in, or the table as it has become since. */
export function withoutFunction(text: string, name: FunctionName): string {
  const as_written = withoutAppended(text, tableOf(text, name));
  if (as_written !== null) return as_written;
  let left = text;
  for (;;) {
    const found = statements(left);
    const at = found.findLastIndex(({ kind, path }) =>
      kind === "table" && path[0] === "functions" && path[1] === name
    );
    const header = found[at];
    if (header === undefined) return left;
    const next = found.findIndex(({ kind }, i) => i > at && kind !== "pair");
    const last = found[(next < 0 ? found.length : next) - 1] ?? header;
    const tail = /^[ \t]*(?:#[^\n]*)?\n?/.exec(left.slice(last.end))?.[0].length ?? 0;
    left = spliced(left, header.start, last.end + tail - header.start, "");
  }
}

/** The block of text at the end of a text, after an empty line. */
function appended(text: string, block: string): string {
  const end = lineEnd(text);
  return text === "" || text.endsWith("\n") ? `${text}${end}${block}${end}` : `${text}${end}${end}${block}`;
}

/** Null where the block does not stand there as it was appended. */
function withoutAppended(text: string, block: string): string | null {
  const end = lineEnd(text);
  const open = `${end}${end}${block}`;
  if (text.endsWith(open)) return text.slice(0, -open.length);
  const at = text.indexOf(`${end}${block}${end}`);
  return at < 0 ? null : spliced(text, at, block.length + 2 * end.length, "");
}

function tableOf(text: string, name: FunctionName): string {
  return [
    "# The agents: verifies the user's token itself.",
    `[functions.${name}]`,
    "enabled = true",
    "verify_jwt = false",
    'import_map = "./functions/_agent/deno.json"',
    `entrypoint = "./functions/${name}/index.ts"`,
  ].join(lineEnd(text));
}

/** A list where there is none: below its table, or with the table. */
function withList(text: string, schema: string): string {
  const header = statements(text).find(({ kind, path }) => kind === "table" && path.join("\0") === "api");
  if (header === undefined) return appended(text, apiTable(text, schema));
  const rest_of_line = /^[^\r\n]*/.exec(text.slice(header.end))?.[0].length ?? 0;
  return spliced(text, header.end + rest_of_line, 0, `${lineEnd(text)}${listLine(schema)}`);
}

function apiTable(text: string, schema: string): string {
  return ["# What is served by default, and the agents' schema.", "[api]", schemaList(schema)].join(
    lineEnd(text),
  );
}

function listLine(schema: string): string {
  return `${schemaList(schema)} # what is served by default, and the agents' schema`;
}

function schemaList(schema: string): string {
  return `schemas = [${[...SERVED_BY_DEFAULT, schema].map((name) => JSON.stringify(name)).join(", ")}]`;
}

function schemasPair(text: string): Statement | undefined {
  return statements(text).find(({ kind, path, value }) =>
    kind === "pair" && path.join("\0") === "api\0schemas" && text[value] === "["
  );
}

function isName(written: string, name: string): boolean {
  return written === `"${name}"` || written === `'${name}'`;
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function spliced(text: string, at: number, length: number, put: string): string {
  return text.slice(0, at) + put + text.slice(at + length);
}
