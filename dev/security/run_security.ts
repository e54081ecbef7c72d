// `deno task security`, as a function of its words and its surroundings.
import postgres from "postgres";
import type { Paper } from "../models/paper.ts";
import { domainSchemas } from "../project/domain_schemas.ts";
import { type Project, projectAt } from "../project/project.ts";
import { ask, NoSelfTest, type Stopwatch } from "./ask.ts";
import type { Outcome } from "./finding.ts";
import { withOwnDatabase } from "./own_database.ts";
import { report } from "./report.ts";
import { HELP, securityArguments } from "./security_arguments.ts";

export interface SecurityTask {
  /** The server on which a database is made where none is named; one of our own where there is none, either. */
  server_url: string | undefined;
  paper: Paper;
  now: Stopwatch;
}

/** Runs the task and gives the process's exit code. */
export async function runSecurity(args: string[], { server_url, paper, now }: SecurityTask): Promise<number> {
  const asked = securityArguments(args);
  const print = (text: string) => text.trimEnd().split("\n").forEach((line) => paper.line(line));
  if ("problem" in asked) {
    print(`${asked.problem}\n\n${HELP}`);
    return 2;
  }
  if (asked.help) {
    print(HELP);
    return 0;
  }
  const { db_url, schemas, json } = asked;
  const look = (url: string, schemas: readonly string[]): Promise<Outcome> => ask(url, schemas, now);
  const project = await projectAt(asked.project).catch(messageOf);
  if (typeof project === "string") {
    print(project);
    return 2;
  }
  try {
    const outcome = db_url === undefined
      ? await lookAtOwn(project, { schemas, server_url, look })
      : await look(db_url, schemas);
    if (json) print(JSON.stringify(outcome, null, 2));
    else report(outcome, paper);
    return outcome.findings.some(({ level }) => level === "error") ? 1 : 0;
  } catch (error) {
    print(problemOf(error));
    return 2;
  }
}

interface OwnLook {
  /** Those that were named. */
  schemas: readonly string[];
  server_url: string | undefined;
  look(url: string, schemas: readonly string[]): Promise<Outcome>;
}

/** Looks at what a project's migrations make; where no schema is named, at all that its API serves. */
async function lookAtOwn(project: Project, { schemas, server_url, look }: OwnLook): Promise<Outcome> {
  const served = new Set([...domainSchemas(project), project.engine_schema]);
  const asked = schemas.length > 0 ? schemas : [...served];
  return await withOwnDatabase(project, server_url, (url) => look(url, asked));
}

const NO_SELF_TEST = "This database has no self-test, or not this one: push the migrations first";

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What stands in the way, in a sentence for whoever called. */
function problemOf(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof NoSelfTest) return `${NO_SELF_TEST}.`;
  if (!(error instanceof postgres.PostgresError)) return `The database can't be asked: ${message}`;
  if (["42883", "42P01", "3F000"].includes(error.code)) {
    return `${NO_SELF_TEST} (${message}).`;
  }
  if (error.code === "42501") return `Ask as the owner of the tables: ${message}.`;
  if (error.code === "42704") return `This is no database of the platform: ${message}.`;
  return `The database can't be asked: ${message}.`;
}
