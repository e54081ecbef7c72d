import assert from "node:assert/strict";
import { addProject, at, each, newToolUser, NOBODYS_ID, text } from "./support.ts";

Deno.test("search_brain_dumps finds by words, project and each status, and shows the summary", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Launch" });
  const { error } = await me.user.client.from("brain_dumps").insert([
    {
      title: "Worries",
      content: "december nobody comes",
      ai_summary: "Move it to January.",
      status: "parsed",
      project_id,
    },
    { title: "Saved", content: "hooks at two heights", status: "saved" },
    { title: "Gone", content: "old", status: "parsed_and_deleted" },
  ]);
  assert.equal(error, null);
  await me.ok("create_brain_dump", { content: "call mum" });

  const titles = async (args: { [key: string]: string | number }) =>
    each(await me.ok("search_brain_dumps", args), "brain_dumps", "title");
  assert.deepEqual(await titles({ query: "december" }), ["Worries"]);
  assert.deepEqual(await titles({ query: "january" }), ["Worries"]);
  assert.deepEqual(await titles({ project_id }), ["Worries"]);
  for (
    const [status, title] of [["pending", "call mum"], ["saved", "Saved"], ["parsed_and_deleted", "Gone"]]
  ) {
    assert.deepEqual(await titles({ status: status ?? "" }), [title]);
  }
  assert.equal((await titles({})).length, 4);
  const data = await me.ok("search_brain_dumps", { status: "parsed", limit: 1 });
  assert.equal(at(data, "brain_dumps.0.summary"), "Move it to January.");
  assert.equal(at(data, "brain_dumps.0.project_name"), "Launch");
  assert.equal(each(await me.ok("search_brain_dumps", { limit: 3 }), "brain_dumps", "id").length, 3);
  assert.equal((await me.fails("search_brain_dumps", { project_id: NOBODYS_ID })).error, "not_found");
});

Deno.test("create_brain_dump writes every field, and get_brain_dump_details gives it whole", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Launch" });
  const content = "thoughts ".repeat(500);
  const created = await me.ok("create_brain_dump", { content, title: "Evening", project_id });
  const read = await me.ok("get_brain_dump_details", { brain_dump_id: text(created, "brain_dump.id") });
  assert.deepEqual(read, created);
  assert.deepEqual(
    [at(read, "brain_dump.content"), at(read, "brain_dump.title"), at(read, "brain_dump.project_id")],
    [content, "Evening", project_id],
  );
  assert.deepEqual([at(read, "brain_dump.status"), at(read, "brain_dump.project_name")], [
    "pending",
    "Launch",
  ]);
  assert.equal((await me.fails("get_brain_dump_details", { brain_dump_id: NOBODYS_ID })).error, "not_found");
  assert.equal(
    (await me.fails("create_brain_dump", { content: "x", project_id: NOBODYS_ID })).error,
    "not_found",
  );
});
