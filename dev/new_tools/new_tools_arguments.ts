// The flags of `deno task new-tools`.
import { parseArgs } from "node:util";
import { flagProblem } from "../terminal/flag_problem.ts";

export const HELP = `Usage: deno task new-tools --into DIR --table NAME… [flags]

Makes tools for tables and views of schema public, from the database as it is:
a file of at most four tools each, a migration that holds them to what they say,
and their lines in domain.ts. What is written is yours from then on.

  --into DIR     the project, in which init has put the engine
  --table NAME   a table or view; may be given again, or be followed by others
  --all          every table and view that has no tools yet; what can't have any
                 is told and left out
  --read-only    no tools that write
  --write LIST   create, update or both, with a comma between (both)
  --columns LIST the columns that count, with commas between (all)
  --one NAME     what one row is called, such as deal (made of the table's name);
                 all tools are named by it, the list by its plural
  --without-rls  also where row-level security is off: every user sees all rows,
                 and the tools only read
  --db-url URL   the database to read, as the owner of its tables; without it one
                 is made of the migrations
  --dry-run      prints which files would be written, what each tool costs in a
                 prompt and what is left out; none of their code
  --diff         prints what a file would be made like today, the columns that
                 came or went since, and the SQL that a migration has to say;
                 ends with 1 if there is a difference
  --migration-only
                 writes the migrations alone, of tables whose files of tools are
                 there; with --all of those that the database does not know
  --help         this text
`;

export interface NewToolsArguments {
  into: string;
  tables: string[];
  all: boolean;
  writes: ("create" | "update")[];
  columns: string[] | undefined;
  one: string | undefined;
  without_rls: boolean;
  db_url: string | undefined;
  mode: "write" | "dry run" | "diff" | "migration only";
}

const OPTIONS = {
  into: { type: "string" },
  table: { type: "string", multiple: true },
  all: { type: "boolean", default: false },
  "read-only": { type: "boolean", default: false },
  write: { type: "string" },
  columns: { type: "string" },
  one: { type: "string" },
  "without-rls": { type: "boolean", default: false },
  "db-url": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  diff: { type: "boolean", default: false },
  "migration-only": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** What was asked for, or a sentence about what is wrong with it. */
export function newToolsArguments(args: string[]): NewToolsArguments | "help" | { problem: string } {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    if (values.help) return "help";
    const { table = [], all, diff, "dry-run": dry_run, columns, one, write, "read-only": read_only, into } =
      values;
    const tables = [...new Set(table.length > 0 ? [...table, ...positionals] : table)];
    const writes = read_only ? [] : list(write ?? "create,update");
    const modes = [
      ...(diff ? ["diff" as const] : []),
      ...(dry_run ? ["dry run" as const] : []),
      ...(values["migration-only"] ? ["migration only" as const] : []),
    ];
    const problem = problemOf({
      ...{
        into,
        tables,
        all,
        modes,
        columns,
        one,
        write,
        read_only,
        writes,
        db_url: values["db-url"],
      },
      stray: table.length > 0 ? [] : positionals,
    });
    if (problem !== undefined || into === undefined) return { problem: problem ?? "" };
    return {
      ...{ into, tables, all, one, without_rls: values["without-rls"], db_url: values["db-url"] },
      writes: writes.filter(isWrite),
      columns: columns === undefined ? undefined : list(columns),
      mode: modes[0] ?? "write",
    };
  } catch (error) {
    return { problem: flagProblem(error, Object.keys(OPTIONS)) };
  }
}

interface Given {
  into: string | undefined;
  tables: string[];
  stray: string[];
  all: boolean;
  modes: readonly string[];
  read_only: boolean;
  columns: string | undefined;
  one: string | undefined;
  write: string | undefined;
  writes: string[];
  db_url: string | undefined;
}

function problemOf(given: Given): string | undefined {
  const { into, tables, stray, all, modes, read_only, columns, one, write, writes, db_url } = given;
  if (into === undefined || into === "") return "Say which project: --into DIR.";
  if (stray.length > 0) return `Say --table before ${stray.join(", ")}.`;
  if (all && tables.length > 0) return "Say --table or --all, not both.";
  if (!all && tables.length === 0) return "Say which tables: --table NAME, or --all.";
  if (tables.some((table) => table.trim() === "")) return "--table needs a name.";
  if (modes.length > 1) {
    return "Say --diff, --dry-run or --migration-only, not both: each is a task of its own.";
  }
  if (read_only && write !== undefined) return "Say --read-only or --write, not both.";
  const odd = writes.find((one) => !isWrite(one));
  if (odd !== undefined || !read_only && writes.length === 0) {
    return `--write takes create, update, or both with a comma between${odd ? `, and no "${odd}"` : ""}.`;
  }
  const is_single = !all && tables.length === 1;
  if (columns !== undefined && list(columns).length === 0) return "--columns needs names.";
  if ((columns ?? one) !== undefined && !is_single) {
    return `--${one === undefined ? "columns" : "one"} is about one table: name a single one.`;
  }
  if (db_url !== undefined && !["postgres:", "postgresql:"].includes(URL.parse(db_url)?.protocol ?? "")) {
    return "--db-url must be the URL of a database: postgresql://user:password@host:port/name.";
  }
  return undefined;
}

function isWrite(word: string): word is "create" | "update" {
  return word === "create" || word === "update";
}

function list(words: string): string[] {
  return [...new Set(words.split(",").map((word) => word.trim()).filter((word) => word !== ""))];
}

/** The flags by which the tools of a table are made again, without the project's place. */
export function commandFor(table: string, { writes, columns, one, without_rls }: NewToolsArguments): string {
  return [
    `--table ${shellWord(table)}`,
    writes.length === 0 ? "--read-only" : writes.length === 1 ? `--write ${writes[0]}` : "",
    columns === undefined ? "" : `--columns ${shellWord(columns.join(","))}`,
    one === undefined ? "" : `--one ${one}`,
    without_rls ? "--without-rls" : "",
  ].filter((flag) => flag !== "").join(" ");
}

/** A word as a shell takes it for one; no line breaks, since it stands in a comment. */
function shellWord(word: string): string {
  const line = word.replace(/\s+/g, " ");
  return /^[\w.,-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}
