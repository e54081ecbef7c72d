// The tools for brain dumps: thoughts written down as they came, for later sorting.
import { z } from "zod";
import { ok, type ToolResult } from "../../contracts/tool_result.ts";
import { gone, notFound, quoted, titleFrom, withoutEmpty, withoutFalse } from "../../tools/answers.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import { FullBody, Id, limit, Line, Query } from "../../tools/fields.ts";
import { Cursor, listPage, openList } from "../../tools/keyset.ts";
import { shownRows } from "./workspace_rows.ts";
import { missingProject } from "./projects_of.ts";
import { localTime } from "../../tools/time.ts";
import { BrainDumpStatus } from "./workspace_fields.ts";
import { defineReadTool, defineWriteTool, type ReadContext } from "../../tools/define_tool.ts";

type BrainDump = NonNullable<Awaited<ReturnType<typeof brainDumpOf>>>;

export const searchBrainDumps = defineReadTool({
  name: "search_brain_dumps",
  category: "list",
  description: "Find brain dumps",
  args: z.strictObject({
    query: Query.optional(),
    project_id: Id.optional(),
    status: BrainDumpStatus.optional(),
    limit: limit(10, 20),
    cursor: Cursor,
  }),
  async run(args, { db, time_zone }) {
    const { query, project_id, status, limit } = args;
    const list = openList("search_brain_dumps", args);
    if (list.problem) return list.problem;
    const rows = rowsOf(
      await db.rpc("search_brain_dumps", {
        p_words: JSON.stringify({ query }),
        p_project_id: project_id,
        p_status: status,
        p_limit: limit,
        p_after: list.after,
      }),
    );
    const missing = rows.length === 0 && await missingProject(db, project_id);
    if (missing) return missing;
    return listPage(list, {
      ...{ key: "brain_dumps", noun: "brain dump", rows, shows: shownRows("brain_dumps", rows) },
      tell: ({ project_id: _, created_at, ...dump }) =>
        withoutFalse({ ...dump, created_at: localTime(created_at, time_zone) }),
    });
  },
});

export const getBrainDumpDetails = defineReadTool({
  name: "get_brain_dump_details",
  category: "detail",
  description: "One brain dump whole",
  args: z.strictObject({ brain_dump_id: Id }),
  async run({ brain_dump_id }, { db, time_zone }) {
    const dump = await brainDumpOf(db, brain_dump_id);
    if (dump === null) return notFound("brain dump", "brain_dump_id");
    return ok(
      { brain_dump: tellBrainDump(dump, time_zone) },
      `Brain dump ${quoted(dump.title)}.`,
      shownRows("brain_dumps", [dump]),
    );
  },
});

export const createBrainDump = defineWriteTool({
  name: "create_brain_dump",
  category: "action",
  description: "Create a brain dump",
  args: z.strictObject({
    content: FullBody,
    title: Line.optional(),
    project_id: Id.optional(),
  }),
  writes: [{ table: "public.brain_dumps", op: "INSERT" }],
  async run({ content, title, project_id }, { db, time_zone, new_id }) {
    const id = await new_id("brain_dump");
    const dump = { id, content, title: title ?? titleFrom(content), project_id };
    dataOf(await db.from("brain_dumps").insert(dump).select("id").single());
    return tellCreated(await brainDumpOf(db, id), time_zone);
  },
  async look_up(_args, { db, time_zone, new_id }) {
    return tellCreated(await brainDumpOf(db, await new_id("brain_dump")), time_zone);
  },
});

async function brainDumpOf(db: ReadContext["db"], id: string) {
  return rowsOf(await db.rpc("brain_dump_details", { p_brain_dump_id: id }))[0] ?? null;
}

function tellCreated(dump: BrainDump | null, time_zone: string): ToolResult {
  if (dump === null) return gone("brain dump");
  return ok(
    { brain_dump: tellBrainDump(dump, time_zone) },
    `Created the brain dump ${quoted(dump.title)}.`,
    shownRows("brain_dumps", [dump]),
  );
}

function tellBrainDump(dump: BrainDump, time_zone: string) {
  return withoutEmpty({
    ...dump,
    created_at: localTime(dump.created_at, time_zone),
    updated_at: localTime(dump.updated_at, time_zone),
  });
}
