// What a stack serves besides the engine: the tables of a domain and its rows, the functions that know its tools,
// and a model where none is configured.

import type { MigrationFolder } from "./database/migrations.ts";

/** The files of the two functions. */
export type Entries = Record<"agent-planner" | "agent-executor", URL>;

export interface Parts {
  /** What makes its tables, as one list in the order of versions. */
  migrations: readonly MigrationFolder[];
  /** Rows for the demo user, who is signed up for them. */
  seed?: URL;
  entries: Entries;
  /** The program of the model. */
  model: URL;
}

const file = (path: string) => new URL(`../${path}`, import.meta.url);

const MIGRATIONS = file("supabase/migrations/");

/** The migrations before this version are the engine's, and need none of the domain's, which come after them. */
export const ENGINE_MIGRATIONS: MigrationFolder = { folder: MIGRATIONS, before: "20261122000900" };

export const PARTS = {
  /** What is deployed, with the demo model. */
  product: {
    migrations: [{ folder: MIGRATIONS }],
    seed: file("supabase/seed.sql"),
    entries: {
      "agent-planner": file("supabase/functions/agent-planner/index.ts"),
      "agent-executor": file("supabase/functions/agent-executor/index.ts"),
    },
    model: file("dev/model/main.ts"),
  },
  /** The engine on the tests' own domain, with a model that says only what a test has scripted. */
  test_domain: {
    migrations: [ENGINE_MIGRATIONS, { folder: file("tests/support/domain/migrations/") }],
    entries: {
      "agent-planner": file("tests/support/domain/agent_planner.ts"),
      "agent-executor": file("tests/support/domain/agent_executor.ts"),
    },
    model: file("tests/support/models/scripted_model.ts"),
  },
} satisfies Record<string, Parts>;

export type PartsName = keyof typeof PARTS;
