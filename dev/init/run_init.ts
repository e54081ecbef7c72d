// `deno task init`, as a function of its words and its surroundings.
import type { Engine } from "./engine.ts";
import { HELP, type InitArguments, initArguments } from "./init_arguments.ts";
import { withOwnMigrations } from "./own_migrations.ts";
import { planRemove } from "./plan_remove.ts";
import { printRemoval } from "./report_removal.ts";
import { planWrite } from "./plan_write.ts";
import { printLeft, printNext, printNextOfUpgrade, printWriting } from "./report.ts";
import { fileLines } from "./report_files.ts";
import { readSite, type Site } from "./site.ts";
import { unwritable } from "./unwritable.ts";
import { takenNames } from "./taken_names.ts";
import { writeAll } from "./write_all.ts";

export interface InitTask {
  /** Where relative paths begin. */
  cwd: string;
  now: Date;
  /** The superuser's URL of the server that a database is made on; one of our own where there is none. */
  server_url?: string;
  /** The version that is written. */
  engineIn(schema: string): Promise<Engine>;
  line(text?: string): void;
}

/** Where the engine's tables go unless it is said otherwise: their names collide with nobody's there. */
const SCHEMA = "agent";

/** Runs the task and gives the process's exit code. */
export async function runInit(args: string[], task: InitTask): Promise<number> {
  const asked = initArguments(args);
  const print = (text: string) => text.trimEnd().split("\n").forEach((words) => task.line(words));
  if ("problem" in asked) {
    print(`${asked.problem}\n\n${HELP}`);
    return 2;
  }
  if ("help" in asked) {
    print(HELP);
    return 0;
  }
  const site = await readSite(asked.into, task.cwd);
  if ("problem" in site) return refuse(task, asked, [site.problem]);
  return asked.remove ? await remove(site, asked, task) : await write(site, asked, task);
}

async function write(site: Site, asked: InitArguments, task: InitTask): Promise<number> {
  const engine = await task.engineIn(asked.schema ?? site.lock?.schema ?? SCHEMA);
  const plan = await planWrite({
    ...{ site, engine, keep: asked.keep, now: task.now },
    takenOf: (names, schemas, without) => {
      const look = (url: string) => takenNames(url, names, schemas);
      return asked.db_url === undefined
        ? withOwnMigrations(site.migrations, without, look, task)
        : look(asked.db_url).catch((error) => {
          throw new Error(`The database of --db-url can't be asked: ${wordsOf(error)}.`);
        });
    },
  });
  const reasons = [...("refusals" in plan ? plan.refusals : []), ...await closedTo(site, asked)];
  if ("refusals" in plan || reasons.length > 0) return refuse(task, asked, reasons);
  if (plan.changes.length === 0) {
    task.line(`Nothing to do: version ${engine.version} is in ${site.named}, schema ${engine.schema}.`);
    return 0;
  }
  printWriting(task.line, site, engine, plan, asked.dry_run);
  if (asked.dry_run) fileLines(site, plan.changes).forEach((words) => task.line(words));
  else {
    const problem = await written(site, plan.changes);
    if (problem !== null) return refuse(task, asked, [problem]);
    const deleted = plan.changes.filter(({ text }) => text === null);
    fileLines(site, deleted).forEach((words) => task.line(words));
  }
  printLeft(task.line, plan);
  if (asked.dry_run) return 0;
  if (site.lock === null) printNext(task.line, site, engine);
  else printNextOfUpgrade(task.line, site, plan.changes);
  return 0;
}

async function remove(site: Site, asked: InitArguments, task: InitTask): Promise<number> {
  const plan = await planRemove(site, asked.schema, task.now);
  const reasons = [...("refusals" in plan ? plan.refusals : []), ...await closedTo(site, asked)];
  if ("refusals" in plan || reasons.length > 0) return refuse(task, asked, reasons);
  if (!asked.dry_run) {
    const problem = await written(site, plan.changes);
    if (problem !== null) return refuse(task, asked, [problem]);
  }
  printRemoval(task.line, site, plan, asked.dry_run);
  if (asked.dry_run) fileLines(site, plan.changes).forEach((words) => task.line(words));
  return 0;
}

/** A dry run needs no more than to read. */
async function closedTo({ root }: Site, { dry_run }: InitArguments): Promise<string[]> {
  return dry_run ? [] : await unwritable(root);
}

/** Null once all is written; else why nothing is. */
async function written(site: Site, changes: Parameters<typeof writeAll>[1]): Promise<string | null> {
  try {
    await writeAll(site.root, changes);
    return null;
  } catch (error) {
    return `${site.named} can't be written: ${wordsOf(error)}. What was written is taken back.`;
  }
}

function refuse(
  { line }: InitTask,
  { into, remove, dry_run }: InitArguments,
  reasons: readonly string[],
): number {
  line(
    `Nothing is ${remove ? "removed from" : "written into"} ${into}${dry_run ? ", nor would it be" : ""}:`,
  );
  for (const reason of reasons) {
    for (const [at, words] of reason.split("\n").entries()) line(`  ${at === 0 ? "- " : "  "}${words}`);
  }
  return 1;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
