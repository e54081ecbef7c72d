// Users with the demo workspace's tools, and what no tool does to its rows.
import assert from "node:assert/strict";
import { domain } from "../../../shared/domain/domain.ts";
import { newWorkspaceUser, type WorkspaceUser } from "../support/workspace_user.ts";
import {
  type ToolUser as AnyToolUser,
  toolUser,
  type ToolUserOptions,
} from "../../support/tools/tool_user.ts";

export { at, each, NOBODYS_ID, text } from "../../support/tools/tool_user.ts";

export type ToolUser = AnyToolUser<WorkspaceUser>;

/** A user of its own with all tools, or those of `user`. */
export async function newToolUser(
  { user, ...options }: ToolUserOptions & { user?: WorkspaceUser } = {},
): Promise<ToolUser> {
  return toolUser(domain, user ?? await newWorkspaceUser(), options);
}

let slugs = 0;

/** A project of the user's; its id. No tool makes projects. */
export async function addProject(
  { client }: WorkspaceUser,
  project: {
    name: string;
    description?: string;
    context?: string;
    tags?: string[];
    status?: "active" | "paused" | "completed" | "archived";
    start_date?: string;
    end_date?: string;
  },
): Promise<string> {
  const { data, error } = await client.from("projects").insert({ slug: `project-${++slugs}`, ...project })
    .select("id").single();
  assert.equal(error, null);
  return data?.id ?? "";
}

/** Deletes a task as people do: softly. No tool does it. */
export async function deleteTask({ client }: WorkspaceUser, id: string): Promise<void> {
  const { error } = await client.from("tasks").update({ deleted_at: new Date().toISOString() }).eq("id", id);
  assert.equal(error, null);
}
