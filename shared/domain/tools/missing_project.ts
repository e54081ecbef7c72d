// An empty list because a filter named a project that does not exist is not the same as an empty project.
import type { ToolResult } from "../../contracts/tool_result.ts";
import type { ReadOnlyDb } from "../../db/read_only_db.ts";
import { notFound } from "../../tools/answers.ts";
import { dataOf } from "../../tools/database_errors.ts";

/** The result to give in place of an empty list, if the filter's project is not there. */
export async function missingProject(
  db: ReadOnlyDb,
  project_id: string | undefined,
): Promise<ToolResult | undefined> {
  if (project_id === undefined) return undefined;
  const answer = await db.from("projects").select("id").eq("id", project_id).maybeSingle();
  return dataOf(answer) === null ? notFound("project", "project_id") : undefined;
}
