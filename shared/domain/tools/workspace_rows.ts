// Which rows a result shows the text of: beside its own, the project of each, whose name stands with it.
import { shown, type ShownRow } from "../../contracts/tool_result.ts";

interface Row {
  id: string;
  project_id?: string | null;
}

/** Rows of a table, and their projects, each once. */
export function shownRows(
  table: "projects" | "tasks" | "notes" | "brain_dumps" | "calendar_events",
  rows: readonly (Row | null | undefined)[],
): ShownRow[] {
  const there = rows.filter((row) => row !== null && row !== undefined);
  return [
    ...shown(`public.${table}`, ...new Set(there.map(({ id }) => id))),
    ...shown("public.projects", ...new Set(there.map(({ project_id }) => project_id))),
  ];
}
