// `deno task check-tools`, as a function of its words and its surroundings.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Paper } from "../models/paper.ts";
import { type Project, projectAt } from "../project/project.ts";
import { withScratchDatabase } from "../project/scratch_database.ts";
import type { Domain } from "../../shared/tools/define_domain.ts";
import { checkArguments, HELP } from "./check_arguments.ts";
import { checkCatalogue, type Checked } from "./check_catalogue.ts";
import { report } from "./check_report.ts";
import { loadEngine } from "./engine.ts";
import { withPlace } from "./place.ts";

export interface CheckToolsTask {
  /** The server on which a database is made where none is named; one of our own where there is none, either. */
  server_url: string | undefined;
  paper: Paper;
}

/** Runs the task and gives the process's exit code. */
export async function runCheckTools(args: string[], { server_url, paper }: CheckToolsTask): Promise<number> {
  const asked = checkArguments(args);
  const print = (text: string) => text.trimEnd().split("\n").forEach((line) => paper.line(line));
  if ("problem" in asked) {
    print(`${asked.problem}\n\n${HELP}`);
    return 2;
  }
  if (asked.help) {
    print(HELP);
    return 0;
  }
  try {
    const project = await projectAt(asked.project);
    const checked = asked.db_url === undefined
      ? await withScratchDatabase(project, (url) => checkProject(project, url, "stay"), { server_url })
      : await checkProject(project, asked.db_url, "go");
    report(checked, paper);
    return checked.tools.some(({ failures }) => failures.length > 0) ? 1 : 0;
  } catch (error) {
    print(`The tools can't be tried: ${error instanceof Error ? error.message : error}`);
    return 2;
  }
}

/** The catalogue of a project, on a database that its migrations have made, and in which `users` go again or stay. */
export async function checkProject(
  project: Project,
  database_url: string,
  users: "stay" | "go",
): Promise<Checked> {
  const { domain }: { domain: Domain } = await import(pathToFileURL(join(project.domain, "domain.ts")).href);
  const engine = await loadEngine(project.agent);
  return await withPlace(
    { database_url, engine, schema: project.engine_schema, users },
    (place) => checkCatalogue(place, domain),
  );
}
