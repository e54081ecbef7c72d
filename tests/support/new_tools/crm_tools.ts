// The tools of the CRM's tables, made of its database.
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { type MadeTools, makeTools } from "../../../dev/new_tools/make_tools.ts";
import { newToolsArguments } from "../../../dev/new_tools/new_tools_arguments.ts";
import { readRelations } from "../../../dev/new_tools/read_catalog.ts";
import { withScratchDatabase } from "../../../dev/project/scratch_database.ts";

const MIGRATIONS = new URL("../projects/crm/supabase/migrations/", import.meta.url);

/** Those whose files are checked in: of every kind of key, of a team, a view, and one of many columns. */
export const GOLDEN = [
  ...["deals", "customers", "activities", "tickets", "team_members", "open_deals", "company_profiles"],
];

/** Where the file of a table that is checked in lies. */
export function goldenPath(table: string, ending: "ts" | "sql"): string {
  return fileURLToPath(new URL(`../../dev/new_tools/golden/${table}.${ending}.golden`, import.meta.url));
}

/** Lends the database, with what is made of its tables, to `work`. It is made on this server, or on one of its own. */
export async function withCrmTools<Result>(
  work: (made: Map<string, MadeTools>, url: string) => Promise<Result>,
  server_url?: string,
): Promise<Result> {
  return await withScratchDatabase([{ folder: MIGRATIONS }], async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    const relations = await readRelations(sql).finally(() => sql.end());
    const catalog = {
      relations,
      engine_tables: [],
      elsewhere: [],
      told: { tools: [], subjects: [], footprints: [] },
    };
    const made = new Map<string, MadeTools>();
    for (const table of GOLDEN) {
      const asked = newToolsArguments(["--into", "app", "--table", table]);
      if (asked === "help" || "problem" in asked) throw new Error("Cannot ask for the tools");
      const tools = await makeTools(table, asked, { catalog, engine_schema: "agent" });
      if ("problems" in tools) throw new Error(tools.problems.join("\n"));
      made.set(table, tools);
    }
    return await work(made, url);
  }, { server_url });
}
