// The project of a row or a filter. Read by a request of its own: no tool embeds one table in another.
import type { ToolResult } from "../../contracts/tool_result.ts";
import type { ReadOnlyDb } from "../../db/read_only_db.ts";
import { notFound } from "../../tools/answers.ts";
import { dataOf } from "../../tools/database_errors.ts";

/**
 * The result to give in place of an empty list, if the filter's project is not there: which is not the same as a
 * project without rows.
 */
export async function missingProject(
  db: ReadOnlyDb,
  project_id: string | undefined,
): Promise<ToolResult | undefined> {
  if (project_id === undefined) return undefined;
  const answer = await db.from("projects").select("id").eq("id", project_id).maybeSingle();
  return dataOf(answer) === null ? notFound("project", "project_id") : undefined;
}

/** The name of a row's project; undefined where it has none. */
export async function projectName(
  db: Pick<ReadOnlyDb, "from">,
  project_id: string | null,
): Promise<string | undefined> {
  if (project_id === null) return undefined;
  const answer = await db.from("projects").select("name").eq("id", project_id).maybeSingle();
  return dataOf(answer)?.name;
}
