// The flags of `deno task check-tools`.
import { parseArgs } from "node:util";
import { flagProblem } from "../terminal/flag_problem.ts";

export const HELP = `Usage: deno task check-tools [flags]

Tries every tool of a project's catalogue on a live database, as two users who
are made for it: that each argument is taken, that reading changes nothing,
that another user sees nothing, that a write called twice has one effect, and
that footprints, defaults and triggers are there and right. Without a URL a
database is made of the project's migrations and thrown away.

  --project DIR  the project; without it, this repository
  --db-url URL   a database to try them on, as the owner of its tables. Rows are
                 written, and taken away with the two users: no production
  --help         this text

Ends with 0, with 1 if a tool failed, and with 2 if nothing could be tried.
`;

export interface CheckArguments {
  project: string | undefined;
  db_url: string | undefined;
  help: boolean;
}

const OPTIONS = {
  project: { type: "string" },
  "db-url": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** What was asked for, or a sentence about what is wrong with it. */
export function checkArguments(args: string[]): CheckArguments | { problem: string } {
  try {
    const { project, "db-url": db_url, help } = parseArgs({ args, options: OPTIONS }).values;
    if (db_url !== undefined && !["postgres:", "postgresql:"].includes(URL.parse(db_url)?.protocol ?? "")) {
      return {
        problem: "--db-url must be the URL of a database: postgresql://user:password@host:port/name.",
      };
    }
    return { project, db_url, help };
  } catch (error) {
    return { problem: flagProblem(error, Object.keys(OPTIONS)) };
  }
}
