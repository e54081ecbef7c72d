// A database for the self-test where none is named: what the migrations make, with the rows of the seed, so that there
// are rows to get at.
import postgres from "postgres";
import { seed } from "../database/migrations.ts";
import { DEMO_USER } from "../demo_user.ts";
import type { Project } from "../project/project.ts";
import { withScratchDatabase } from "../project/scratch_database.ts";

/** Makes it, lends its URL to `work`, and removes it. */
export async function withOwnDatabase<Result>(
  project: Project,
  server_url: string | undefined,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  return await withScratchDatabase(project, async (url) => {
    await addDemoUser(url);
    await seed(url, project.seeds);
    return await work(url);
  }, { server_url });
}

async function addDemoUser(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`insert into auth.users (id, email) values (${crypto.randomUUID()}, ${DEMO_USER.email})`;
  } finally {
    await sql.end();
  }
}
