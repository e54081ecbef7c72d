// The flags of `deno task security`.
import { parseArgs } from "node:util";
import { flagProblem } from "../terminal/flag_problem.ts";

export const HELP = `Usage: deno task security [flags]

Asks a database whether its users are held apart: the schema's own checks, then
probes that act as users, in transactions that are rolled back. Without a URL a
database is made of the migrations, with the rows of the seed in it.

  --project DIR  make it of a project that init wrote the engine into
  --db-url URL   the database to ask, as the owner of its tables
  --schema NAME  a schema that the API serves; may be given again. Where none is
                 given: public, and the one that the engine is found in
  --json         prints everything as JSON
  --help         this text

Ends with 0, with 1 if there is an error among the findings, and with 2 if it
can't ask. What is so on purpose stands in the table
security_exceptions, in the schema private, or <schema>_private.
`;

export interface SecurityArguments {
  project: string | undefined;
  db_url: string | undefined;
  /** Those that were named. */
  schemas: string[];
  json: boolean;
  help: boolean;
}

const OPTIONS = {
  project: { type: "string" },
  "db-url": { type: "string" },
  schema: { type: "string", multiple: true },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** What was asked for, or a sentence about what is wrong with it. */
export function securityArguments(args: string[]): SecurityArguments | { problem: string } {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    const { project, "db-url": db_url, schema = [], json, help } = values;
    if (project !== undefined && db_url !== undefined) {
      return { problem: "--project makes a database, --db-url names one: it is one or the other." };
    }
    if (db_url !== undefined && !isPostgres(db_url)) {
      return {
        problem: "--db-url must be the URL of a database: postgresql://user:password@host:port/name.",
      };
    }
    return { project, db_url, schemas: [...new Set(schema)], json, help };
  } catch (error) {
    return { problem: flagProblem(error, Object.keys(OPTIONS)) };
  }
}

function isPostgres(url: string): boolean {
  return ["postgres:", "postgresql:"].includes(URL.parse(url)?.protocol ?? "");
}
