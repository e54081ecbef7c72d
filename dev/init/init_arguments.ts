// The flags of `deno task init`.
import { parseArgs } from "node:util";
import { schemaNameProblem } from "../schema/schema_name.ts";
import { flagProblem } from "../terminal/flag_problem.ts";

export const HELP = `Usage: deno task init --into <project> [flags]

Writes the engine into a Supabase project, or brings it to this version: two
functions, the folder they share, migrations, and lines in config.toml. Nothing
of the project's own is overwritten, and nothing is written as long as there is
a reason not to.

  --into DIR     the project: the folder in which supabase/ is
  --schema NAME  where the engine's tables go (agent); "public" puts them
                 beside the project's own
  --db-url URL   the database to look for names that are taken; without it,
                 one is made of the project's migrations
  --dry-run      tells every file, new folders as one, and writes none
  --keep         where a file was changed in the project and in this version,
                 leaves it, and puts this version's beside it as <file>.new
  --remove       takes the engine out again, with a migration that drops it
  --help         this text

Ends with 0, with 1 if there is a reason to write nothing, and with 2 for flags
that it does not understand.
`;

export interface InitArguments {
  into: string;
  /** Where it is said: the schema of a project that has the engine stands in its lock. */
  schema: string | undefined;
  db_url: string | undefined;
  dry_run: boolean;
  keep: boolean;
  remove: boolean;
}

const OPTIONS = {
  into: { type: "string" },
  schema: { type: "string" },
  "db-url": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
  remove: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** What was asked for, the help, or a sentence about what is wrong with it. */
export function initArguments(args: string[]): InitArguments | { help: true } | { problem: string } {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    const { into, schema, "db-url": db_url, "dry-run": dry_run, keep, remove, help } = values;
    if (help) return { help };
    const problem = problemOf({ into, schema, db_url, keep, remove });
    if (problem !== null || into === undefined) return { problem: problem ?? "" };
    return { into, schema, db_url, dry_run, keep, remove };
  } catch (error) {
    return { problem: flagProblem(error, Object.keys(OPTIONS)) };
  }
}

type Given =
  & Partial<Pick<InitArguments, "into" | "schema" | "db_url">>
  & Pick<InitArguments, "keep" | "remove">;

function problemOf({ into, schema, db_url, keep, remove }: Given): string | null {
  if (into === undefined || into === "") {
    return "Say which project: --into <the folder in which supabase/ is>.";
  }
  if (db_url !== undefined && !["postgres:", "postgresql:"].includes(URL.parse(db_url)?.protocol ?? "")) {
    return "--db-url must be the URL of a database: postgresql://user:password@host:port/name.";
  }
  if (remove && keep) return "--keep is for new versions; --remove leaves what you have changed anyway.";
  return schema === undefined || schema === "public" ? null : schemaNameProblem(schema);
}
