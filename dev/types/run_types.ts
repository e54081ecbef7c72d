// `deno task types`, as a function of its words and its surroundings.
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { isSameText, textAt } from "../init/lock.ts";
import { type Project, projectAt, REPOSITORY } from "../project/project.ts";
import { withScratchDatabase } from "../project/scratch_database.ts";
import { flagProblem } from "../terminal/flag_problem.ts";
import { TYPE_FILES, typesOf } from "../type_files.ts";
import { domainSchemas } from "../project/domain_schemas.ts";

const HELP = `Usage: deno task types [flags]

Writes the types of the tables anew from the migrations: those of this repository, or
_agent/domain/database.types.ts of a project, with all schemas of its API but the engine's.

  --project DIR  a project that init wrote the engine into
  --db-url URL   a database that has its tables, where its migrations can't be run here
  --help         this text
`;

const OPTIONS = {
  project: { type: "string" },
  "db-url": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

interface TypesTask {
  /** The server on which a database is made where none is named; one of our own where there is none, either. */
  server_url: string | undefined;
  line(words: string): void;
}

/** Runs the task and gives the process's exit code. */
export async function runTypes(args: readonly string[], { server_url, line }: TypesTask): Promise<number> {
  const read = readFlags(args);
  if ("problem" in read) {
    line(`${read.problem}\n\n${HELP}`);
    return 2;
  }
  const { values: { help, project: dir, "db-url": db_url } } = read;
  if (help) {
    line(HELP);
    return 0;
  }
  try {
    const project = await projectAt(dir);
    if (project.root === REPOSITORY.root) await writeOwn(server_url, line);
    else await writeFor(project, { server_url, db_url, line });
    return 0;
  } catch (error) {
    line(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    if (values["db-url"] !== undefined && values.project === undefined) {
      return {
        problem: "--db-url goes with --project: the types of this repository are those of its migrations.",
      };
    }
    return { values };
  } catch (error) {
    return { problem: flagProblem(error, Object.keys(OPTIONS)) };
  }
}

async function writeOwn(server_url: string | undefined, line: (words: string) => void): Promise<void> {
  for (const { path, migrations } of TYPE_FILES) {
    const types = await withScratchDatabase(migrations, (url) => typesOf(url, REPOSITORY.schemas), {
      server_url,
    });
    const said = await write(fileURLToPath(new URL(`../../${path}`, import.meta.url)), types);
    line(`${path}: ${said}.`);
  }
}

async function writeFor(
  project: Project,
  { server_url, db_url, line }: TypesTask & { db_url: string | undefined },
): Promise<void> {
  const schemas = domainSchemas(project);
  const read = (url: string) => typesOf(url, schemas);
  const types = db_url === undefined
    ? await withScratchDatabase(project, read, { server_url })
    : await read(db_url);
  const path = join(project.domain, "database.types.ts");
  const said = await write(path, types);
  line(`${relative(project.root, path)}: ${said} (schema ${schemas.join(", ")}).`);
}

/** Writes the file where it is another one, and says what became of it. Line ends may be a checkout's. */
async function write(path: string, types: string): Promise<string> {
  if (isSameText(await textAt(path), types)) return "nothing changed";
  await Deno.writeTextFile(path, types);
  return "written anew";
}
