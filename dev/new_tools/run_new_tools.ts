// `deno task new-tools`, as a function of its words and its surroundings. Nothing is written before it is known that
// nothing stands in the way of any of it.
import { join, relative } from "node:path";
import postgres from "postgres";
import { writeAll } from "../init/write_all.ts";
import { type Project, projectAt } from "../project/project.ts";
import { withScratchDatabase } from "../project/scratch_database.ts";
import { insertLines, linesFor } from "./insert_lines.ts";
import { type KnownTools, knownTools, takenNames, tokensOf } from "./known_tools.ts";
import { type MadeTools, makeTools } from "./make_tools.ts";
import { madeAgain, tablesOf } from "./made_again.ts";
import { HELP, type NewToolsArguments, newToolsArguments } from "./new_tools_arguments.ts";
import { migrationPaths, textOf, type ToolFiles, toolFiles } from "./project_files.ts";
import { type Catalog, readCatalog } from "./read_catalog.ts";
import { diffLines } from "./show_diff.ts";
import { isUntold } from "./stale_notes.ts";
import { engineSchemas } from "../schema/engine_schemas.ts";

export interface NewToolsTask {
  /** The server on which a database is made where none is named; one of our own where there is none, either. */
  server_url: string | undefined;
  now: Date;
  line(words: string): void;
}

/** More than this, and a prompt is mostly tools. */
const MANY_TOKENS = 2_000;

/** Runs the task and gives the process's exit code. */
export async function runNewTools(args: string[], task: NewToolsTask): Promise<number> {
  const asked = newToolsArguments(args);
  if (asked === "help") {
    task.line(HELP.trimEnd());
    return 0;
  }
  if ("problem" in asked) {
    task.line(`${asked.problem}\n\n${HELP.trimEnd()}`);
    return 2;
  }
  try {
    const project = await projectAt(asked.into);
    const catalog = await catalogOf(project, asked, task);
    if (asked.mode === "diff") return await showDiffs(project, asked, catalog, task);
    if (asked.mode === "migration only") return await addMigrations(project, asked, catalog, task);
    return await addTools(project, asked, catalog, task);
  } catch (error) {
    task.line(problemOf(error));
    return 1;
  }
}

async function catalogOf(project: Project, { db_url }: NewToolsArguments, { server_url }: NewToolsTask) {
  const read = async (url: string) => {
    const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10, prepare: false });
    try {
      return await readCatalog(sql, project);
    } finally {
      await sql.end();
    }
  };
  return db_url === undefined ? await withScratchDatabase(project, read, { server_url }) : await read(db_url);
}

async function showDiffs(
  project: Project,
  asked: NewToolsArguments,
  catalog: Catalog,
  { line }: NewToolsTask,
): Promise<number> {
  const noted = { told: catalog.told, schemas: engineSchemas(project.engine_schema) };
  let differs = false;
  for (const { files, made } of await madeAgain(project, asked, catalog)) {
    const lines = "problems" in made ? made.problems : diffLines(made, files, noted);
    differs ||= lines.length > 0;
    line(lines.length > 0 ? `${lines.join("\n")}\n` : `${files.told}: nothing has changed.`);
  }
  return differs ? 1 : 0;
}

/** Writes the migrations of tools whose files are there. */
async function addMigrations(
  project: Project,
  asked: NewToolsArguments,
  catalog: Catalog,
  { line, now }: NewToolsTask,
): Promise<number> {
  const again = (await madeAgain(project, asked, catalog)).map(({ made }) => made);
  const problems = again.flatMap((made) => "problems" in made ? made.problems : []);
  if (problems.length > 0) line(problems.map((problem) => `- ${problem}`).join("\n"));
  if (problems.length > 0 && !asked.all) {
    line("Nothing was written.");
    return 1;
  }
  const added = again.flatMap((made) =>
    !("problems" in made) && (!asked.all || isUntold(made.plan, catalog.told)) ? [made] : []
  );
  if (added.length === 0) {
    line("There is nothing to write.");
    return problems.length > 0 ? 1 : 0;
  }
  const paths = await migrationPaths(project, added.map(({ plan }) => plan.names.file), now);
  await write(project, added.map(({ sql }, at) => [paths[at] ?? "", sql]));
  paths.forEach((path) => line(`  ${relative(project.root, path)}`));
  line(
    "They say what the rules make of the tables: what you had changed in earlier ones, change there again.",
  );
  return 0;
}

interface Addition extends MadeTools {
  files: ToolFiles;
}

async function addTools(
  project: Project,
  asked: NewToolsArguments,
  catalog: Catalog,
  task: NewToolsTask,
): Promise<number> {
  const { line, now } = task;
  if (asked.all) elsewhereLines(catalog).forEach(line);
  const known = await knownTools(project.domain);
  const { added, problems } = await additions(project, asked, catalog, known);
  if (problems.length > 0) line(problems.map((problem) => `- ${problem}`).join("\n"));
  if (problems.length > 0 && !asked.all) {
    line("Nothing was written.");
    return 1;
  }
  if (added.length === 0) {
    line("There is nothing to write.");
    return problems.length > 0 ? 1 : 0;
  }
  const migrations = await migrationPaths(project, added.map(({ plan }) => plan.names.file), now);
  const domain = await domainLines(project, added);
  const writes = [
    ...added.flatMap(({ files, code, sql }, at) =>
      [[files.path, code], [migrations[at] ?? "", sql]] as const
    ),
    ...(domain.text === null ? [] : [[domain.path, domain.text] as const]),
  ];
  if (asked.mode === "write") {
    await write(project, writes);
  }
  report(project, asked, {
    added,
    migrations,
    lines: domain.text === null ? domain.lines : null,
    known,
    line,
  });
  return 0;
}

/** What --all does not mean, though the API serves it. */
function elsewhereLines({ elsewhere }: Catalog): string[] {
  return elsewhere.map(({ schema, count }) =>
    `Not looked at: ${count} ${count === 1 ? "table or view" : "tables and views"} in schema ${schema}. ` +
    `Tools read schema public alone: show there by views what they should read.`
  );
}

/** All of it or nothing: a file of tools without its migration could be made by no second call. */
async function write({ root }: Project, texts: readonly (readonly [path: string, text: string])[]) {
  await writeAll(root, texts.map(([path, text]) => ({ path: relative(root, path), text })));
}

/** What can be made of the tables, and what stands in the way of the others. */
async function additions(project: Project, asked: NewToolsArguments, catalog: Catalog, known: KnownTools) {
  const { engine_schema } = project;
  const taken = takenNames(known);
  const files_of = new Map<string, string>();
  const [added, problems]: [Addition[], string[]] = [[], []];
  for (const table of tablesOf(asked, catalog)) {
    const made = await makeTools(table, asked, { catalog, engine_schema });
    if ("problems" in made) {
      problems.push(...made.problems);
      continue;
    }
    const { names, relation } = made.plan;
    const files = await toolFiles(project, names.file);
    if (files.text !== null && asked.all) continue;
    const clashes = made.schemas.filter(({ name }) => taken.has(name));
    const other = files_of.get(names.file);
    if (files.text !== null) {
      problems.push(
        `${files.told} is there already, and yours. What would be made differently today says --diff; ` +
          `to have it made anew, remove the file and its lines in domain.ts first.`,
      );
    } else if (clashes.length > 0 || other !== undefined) {
      const [first] = clashes;
      problems.push(
        `"${relation.name}" would have ${
          first ? `a tool ${first.name}, which is ${taken.get(first.name)}` : `the file of "${other}"`
        }. ` +
          `Say what one row is called: --one thing.`,
      );
    } else {
      added.push({ ...made, files });
      files_of.set(names.file, relation.name);
      made.schemas.forEach(({ name }) => taken.set(name, `one of "${relation.name}"`));
    }
  }
  return { added, problems };
}

async function domainLines({ domain }: Project, added: readonly Addition[]) {
  const path = join(domain, "domain.ts");
  const lines = added.map(({ plan: { names, key } }) => ({
    ...{ list: names.list, path: `./tools/${names.file}.ts`, context: key.length > 0 ? names.one : null },
  }));
  return { path, lines: lines.flatMap(linesFor), text: insertLines(await textOf(path) ?? "", lines) };
}

interface Reported {
  added: readonly Addition[];
  migrations: readonly string[];
  /** What has to be put into domain.ts by hand; null where that is done. */
  lines: readonly string[] | null;
  known: KnownTools;
  line(words: string): void;
}

function report(
  { root, domain }: Project,
  { mode, into }: NewToolsArguments,
  { added, migrations, lines, known, line }: Reported,
): void {
  if (mode === "dry run") line("Nothing is written; without --dry-run this would be:");
  added.forEach(({ plan, schemas, files }, at) => {
    const tools = schemas.map((schema) => `${schema.name} ${tokensOf([schema])}`).join(", ");
    line(`  ${files.told}: ${tools} (${tokensOf(schemas)} tokens)`);
    line(`  ${relative(root, migrations[at] ?? "")}`);
    plan.notes.forEach((note) => line(`    ${note}`));
  });
  const domain_file = relative(root, join(domain, "domain.ts"));
  if (lines === null) {
    line(`  ${domain_file}: ${added.length === 1 ? "its line" : "their lines"} in catalogue and contexts`);
  } else {line(
      `${domain_file} has no lists that could be added to. Put these in yourself:\n${lines.join("\n")}`,
    );}
  const all = [...known.schemas, ...added.flatMap(({ schemas }) => schemas)];
  const tokens = tokensOf(all);
  line(`The catalogue has ${all.length} tools, which cost each prompt that has them all ${tokens} tokens.`);
  if (tokens > MANY_TOKENS) {
    line(
      `That is a lot. Leave tools out, or arguments and columns: with --read-only, --columns, or by hand.`,
    );
  }
  if (mode === "write") line(`Next, so that the types know the tables: deno task types --project ${into}`);
}

/** What stands in the way, in a sentence for whoever called. */
function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof postgres.PostgresError)) return message;
  if (error.code === "42704") return `This is no database of the platform: ${message}.`;
  return `The database can't be read: ${message}.`;
}
