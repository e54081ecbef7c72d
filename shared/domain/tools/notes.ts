// The tools for notes.
import { z } from "zod";
import { ok, type ToolResult } from "../../contracts/tool_result.ts";
import { gone, notFound, quoted, titleFrom, withoutEmpty, withoutFalse } from "../../tools/answers.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import { Category, FullBody, Id, limit, Line, Query, Tags } from "../../tools/fields.ts";
import { Cursor, listPage, openList } from "../../tools/keyset.ts";
import { shownRows } from "./workspace_rows.ts";
import { missingProject } from "./projects_of.ts";
import { localTime } from "../../tools/time.ts";
import { defineReadTool, defineWriteTool, type ReadContext } from "../../tools/define_tool.ts";

type Note = NonNullable<Awaited<ReturnType<typeof noteOf>>>;

export const searchNotes = defineReadTool({
  name: "search_notes",
  category: "list",
  description: "Find notes",
  args: z.strictObject({
    query: Query.optional(),
    project_id: Id.optional(),
    category: Category.optional(),
    limit: limit(10, 20),
    cursor: Cursor,
  }),
  async run(args, { db, time_zone }) {
    const { query, project_id, category, limit } = args;
    const list = openList("search_notes", args);
    if (list.problem) return list.problem;
    const rows = rowsOf(
      await db.rpc("search_notes", {
        p_words: JSON.stringify({ query, category }),
        p_project_id: project_id,
        p_limit: limit,
        p_after: list.after,
      }),
    );
    const missing = rows.length === 0 && await missingProject(db, project_id);
    if (missing) return missing;
    return listPage(list, {
      ...{ key: "notes", noun: "note", rows, shows: shownRows("notes", rows) },
      tell: ({ project_id: _, updated_at, ...note }) =>
        withoutFalse({ ...note, updated_at: localTime(updated_at, time_zone) }),
    });
  },
});

export const getNoteDetails = defineReadTool({
  name: "get_note_details",
  category: "detail",
  description: "One note whole",
  args: z.strictObject({ note_id: Id }),
  async run({ note_id }, { db, time_zone }) {
    const note = await noteOf(db, note_id);
    if (note === null) return notFound("note", "note_id");
    return ok({ note: tellNote(note, time_zone) }, `Note ${quoted(note.title)}.`, shownRows("notes", [note]));
  },
});

export const createNote = defineWriteTool({
  name: "create_note",
  category: "action",
  description: "Create a note",
  args: z.strictObject({
    content: FullBody,
    title: Line.optional(),
    project_id: Id.optional(),
    category: Category.optional(),
    tags: Tags.optional(),
  }),
  writes: [{ table: "public.notes", op: "INSERT" }],
  async run({ content, title, ...fields }, { db, time_zone, new_id }) {
    const id = await new_id("note");
    const note = { ...fields, id, content, title: title ?? titleFrom(content) };
    dataOf(await db.from("notes").insert(note).select("id").single());
    return tellCreated(await noteOf(db, id), time_zone);
  },
  async look_up(_args, { db, time_zone, new_id }) {
    return tellCreated(await noteOf(db, await new_id("note")), time_zone);
  },
});

async function noteOf(db: ReadContext["db"], id: string) {
  return rowsOf(await db.rpc("note_details", { p_note_id: id }))[0] ?? null;
}

function tellCreated(note: Note | null, time_zone: string): ToolResult {
  if (note === null) return gone("note");
  return ok(
    { note: tellNote(note, time_zone) },
    `Created the note ${quoted(note.title)}.`,
    shownRows("notes", [note]),
  );
}

function tellNote(note: Note, time_zone: string) {
  return withoutEmpty({
    ...note,
    created_at: localTime(note.created_at, time_zone),
    updated_at: localTime(note.updated_at, time_zone),
  });
}
