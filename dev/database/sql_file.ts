// A file of SQL that a database did not take, told so that a person finds the place.
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";

/** A migration can't run: its file, the line, and what the database said. */
export class MigrationFault extends Error {
  override readonly name = "MigrationFault";
}

/** The sentence about `file`, whose text the database refused with `error`. */
export function sqlFault(file: URL, text: string, error: unknown): string {
  const name = basename(fileURLToPath(file));
  if (!(error instanceof postgres.PostgresError)) return `${name} failed: ${error}`;
  const line = lineOf(error, text);
  return `${name} failed${line === null ? "" : ` at line ${line}`}: ${error.message}.`;
}

/**
 * Where it failed. Postgres counts characters, a person wants the line. Where it gives no place, as about a missing
 * extension or role, it is the first line that has what the message names.
 */
function lineOf({ position, message }: postgres.PostgresError, text: string): number | null {
  if (position) return text.slice(0, Number(position)).split("\n").length;
  const named = [...message.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
  const lines = text.split("\n").map((line) => line.replace(/--.*$/, ""));
  const [first] = named.map((name) => lines.findIndex((line) => line.includes(name))).filter((at) => at >= 0);
  return first === undefined ? null : first + 1;
}
