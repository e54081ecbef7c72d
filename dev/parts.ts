// What a stack serves besides the engine: the tables of a domain and its rows, the functions that know its tools,
// and a model where none is configured.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { MigrationFolder } from "./database/migrations.ts";
import { type Project, REPOSITORY } from "./project/project.ts";

/** The files of the two functions. */
export type Entries = Record<"agent-planner" | "agent-executor", URL>;

/** Where the functions work, what they are started with, and which schemas the API serves, are the project's. */
export interface Parts extends Pick<Project, "root" | "deno_config" | "schemas"> {
  /** What makes its tables, as one list in the order of versions. */
  migrations: readonly MigrationFolder[];
  /** Files of rows for the demo user, who is signed up for them; without it nobody is. */
  seeds?: readonly URL[];
  entries: Entries;
  /** The program of the model. */
  model: URL;
}

const file = (path: string) => new URL(`../${path}`, import.meta.url);

/** The engine's migrations need none of the demo workspace's, which are told by their names: versions come as they are made. */
export const ENGINE_MIGRATIONS: MigrationFolder = {
  folder: file("supabase/migrations/"),
  without: /^workspace/,
};

/** A project as it is deployed, with the demo model. */
export function partsOf(project: Project): Parts & Pick<Project, "seeds"> {
  const { root, deno_config, schemas, migrations, seeds, supabase } = project;
  const entry = (name: string) => pathToFileURL(join(supabase, "functions", name, "index.ts"));
  return {
    ...{ root, deno_config, schemas, migrations, seeds },
    entries: { "agent-planner": entry("agent-planner"), "agent-executor": entry("agent-executor") },
    model: file("dev/model/main.ts"),
  };
}

export const PARTS = {
  /** What is deployed from this repository. */
  product: partsOf(REPOSITORY),
  /** The engine on the tests' own domain, with a model that says only what a test has scripted. */
  test_domain: {
    ...{ root: REPOSITORY.root, deno_config: REPOSITORY.deno_config, schemas: REPOSITORY.schemas },
    migrations: [ENGINE_MIGRATIONS, { folder: file("tests/support/domain/migrations/") }],
    entries: {
      "agent-planner": file("tests/support/domain/agent_planner.ts"),
      "agent-executor": file("tests/support/domain/agent_executor.ts"),
    },
    model: file("tests/support/models/scripted_model.ts"),
  },
} satisfies Record<string, Parts>;

export type PartsName = keyof typeof PARTS;
