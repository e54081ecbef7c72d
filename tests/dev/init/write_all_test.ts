// Changes of files: all or none.
import assert from "node:assert/strict";
import { writeAll } from "../../../dev/init/write_all.ts";
import { link, smallProject } from "./small_project.ts";

Deno.test("changes are made in their order, folders with them, and folders that become empty go", async () => {
  await using project = await smallProject({ "supabase/a/b/c.ts": "c", "supabase/d.ts": "d", "e": "e" });
  await writeAll(project.root, [
    { path: "supabase/x/y/z.ts", text: "z" },
    { path: "supabase/d.ts", text: "new" },
    { path: "supabase/a/b/c.ts", text: null },
    { path: "supabase/not_there.ts", text: null },
  ]);
  assert.deepEqual(project.files(), { "supabase/x/y/z.ts": "z", "supabase/d.ts": "new", e: "e" });
  assert.deepEqual([...Deno.readDirSync(`${project.root}/supabase`)].map(({ name }) => name).sort(), [
    "d.ts",
    "x",
  ]);
});

Deno.test("when one can't be made, those before it are taken back, whatever they were", async () => {
  const before = { "supabase/a/b.ts": "b", "supabase/c.ts": "c", "supabase/is_a_folder/x": "x" };
  await using project = await smallProject(before);
  const changes = [
    { path: "supabase/new/folder/d.ts", text: "d" },
    { path: "supabase/c.ts", text: "changed" },
    { path: "supabase/a/b.ts", text: null },
    { path: "supabase/is_a_folder", text: "no file" },
  ];
  await assert.rejects(writeAll(project.root, changes));
  assert.deepEqual(project.files(), before);
  assert.deepEqual([...Deno.readDirSync(`${project.root}/supabase`)].map(({ name }) => name).sort(), [
    ...["a", "c.ts", "is_a_folder"],
  ]);
});

Deno.test("a link stays a link, and a file keeps its rights", async () => {
  await using project = await smallProject({ "shared.toml": "a", "supabase/run.ts": "b" });
  await link("../shared.toml", `${project.root}/supabase/config.toml`);
  await Deno.chmod(`${project.root}/supabase/run.ts`, 0o755);
  await writeAll(project.root, [{ path: "supabase/config.toml", text: "c" }, {
    path: "supabase/run.ts",
    text: "d",
  }]);
  assert.ok((await Deno.lstat(`${project.root}/supabase/config.toml`)).isSymlink);
  assert.equal(await Deno.readTextFile(`${project.root}/shared.toml`), "c");
  assert.equal(((await Deno.stat(`${project.root}/supabase/run.ts`)).mode ?? 0) & 0o777, 0o755);
});

Deno.test("what another attempt has left aside is no hindrance", async () => {
  await using project = await smallProject({ "supabase/.agent-init/0": "left" });
  await writeAll(project.root, [{ path: "supabase/a.ts", text: "a" }]);
  assert.deepEqual(project.files(), { "supabase/a.ts": "a" });
});
