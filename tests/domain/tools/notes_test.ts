import assert from "node:assert/strict";
import { addProject, at, each, newToolUser, NOBODYS_ID, text } from "./support.ts";

Deno.test("search_notes finds by title, content and tags, within a project or a category", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Website" });
  await me.ok("create_note", {
    title: "Kick-off",
    content: "We decided on teal. ".repeat(40),
    project_id,
    category: "Meeting",
  });
  await me.ok("create_note", { title: "Bread", content: "Less water", tags: ["baking"] });

  const titles = async (args: { [key: string]: string | number }) =>
    each(await me.ok("search_notes", args), "notes", "title");
  assert.deepEqual(await titles({ query: "kick-off" }), ["Kick-off"]);
  assert.deepEqual(await titles({ query: "deciding teal" }), ["Kick-off"]);
  assert.deepEqual(await titles({ query: "baking" }), ["Bread"]);
  assert.deepEqual(await titles({ project_id }), ["Kick-off"]);
  assert.deepEqual(await titles({ category: "meeting" }), ["Kick-off"]);
  assert.deepEqual(await titles({ category: "meeting", query: "bread" }), []);
  assert.deepEqual(await titles({}), ["Bread", "Kick-off"]);

  const data = await me.ok("search_notes", { query: "teal" });
  assert.equal(text(data, "notes.0.preview").length, 200);
  assert.equal(at(data, "notes.0.project_name"), "Website");
  const cut = await me.ok("search_notes", { limit: 1 });
  assert.deepEqual([each(cut, "notes", "id").length, at(cut, "total"), at(cut, "has_more")], [1, 2, true]);
  assert.equal((await me.fails("search_notes", { project_id: NOBODYS_ID })).error, "not_found");
});

Deno.test("create_note writes every field, and get_note_details gives the note whole", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Website" });
  const note = {
    content: "a\n".repeat(4_000),
    title: "Title",
    project_id,
    category: "2027",
    tags: ["x, y", "{z}"],
  };
  const created = await me.ok("create_note", note);
  const read = await me.ok("get_note_details", { note_id: text(created, "note.id") });
  assert.deepEqual(read, created);
  assert.deepEqual(
    [at(read, "note.content"), at(read, "note.title"), at(read, "note.category"), at(read, "note.tags")],
    [note.content, note.title, note.category, note.tags],
  );
  assert.deepEqual(each(await me.ok("search_notes", { category: "2027" }), "notes", "title"), ["Title"]);
  const { data: row } = await me.user.client.from("notes").select().eq("id", text(created, "note.id"))
    .single();
  assert.deepEqual([row?.content, row?.project_id, row?.user_id], [note.content, project_id, me.user.id]);
});

Deno.test("a note without a title is called by its first line", async () => {
  const me = await newToolUser();
  const data = await me.ok("create_note", { content: "\n\n# Groceries\n- bread", title: null, tags: null });
  assert.equal(at(data, "note.title"), "Groceries");
  assert.match((await me.fails("create_note", { content: " \n" })).message, /content: must not be empty/);
  assert.match((await me.fails("create_note", {})).message, /content is required/);
  assert.equal((await me.fails("create_note", { content: "x", project_id: NOBODYS_ID })).error, "not_found");
  assert.equal((await me.fails("get_note_details", { note_id: NOBODYS_ID })).error, "not_found");
});
