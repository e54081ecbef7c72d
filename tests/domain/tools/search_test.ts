// Whatever a user writes is text to look for, never part of a query.
import assert from "node:assert/strict";
import { addProject, each, newToolUser } from "./support.ts";

const TITLES = [
  "Costs, fixed (2026)",
  "[Draft] {plan}",
  'The "big" one',
  "100% wool",
  "O'Brien & Sons | Ltd.",
  "C:\\temp\\*",
  "a_b:c!",
  "Überblick Straße",
  "东京 plan",
  "name.eq.x,or(id.gt.0)",
  "true",
  "2027",
  "2031-01-01",
  "null",
  '{"query":"x"}',
  "deadbeef",
];

Deno.test("each search finds text with commas, brackets, quotes, percent signs and other scripts", async () => {
  const me = await newToolUser();
  for (const title of TITLES) {
    await addProject(me.user, { name: title });
    await me.ok("create_note", { title, content: "-" });
    await me.ok("create_brain_dump", { title, content: "-" });
  }
  for (const title of TITLES) {
    assert.deepEqual(each(await me.ok("search_projects", { query: title }), "projects", "name"), [title]);
    assert.deepEqual(each(await me.ok("search_notes", { query: title }), "notes", "title"), [title]);
    assert.deepEqual(each(await me.ok("search_brain_dumps", { query: title }), "brain_dumps", "title"), [
      title,
    ]);
  }
});

Deno.test("signs that mean something to SQL, tsquery or PostgREST are no wildcards and no errors", async () => {
  const me = await newToolUser();
  await addProject(me.user, { name: "Website" });
  await me.ok("create_note", { title: "Website", content: "copy" });
  await me.ok("create_brain_dump", { title: "Website", content: "copy" });
  for (
    const query of [
      "%",
      "_",
      "\\",
      "'",
      '"',
      "(",
      "!",
      "&",
      "|",
      ":*",
      "<->",
      "*",
      "a:*&!",
      "'; drop table tasks; --",
      "{}",
    ]
  ) {
    assert.deepEqual(each(await me.ok("search_projects", { query }), "projects", "name"), [], query);
    assert.deepEqual(each(await me.ok("search_notes", { query }), "notes", "title"), [], query);
    assert.deepEqual(each(await me.ok("search_brain_dumps", { query }), "brain_dumps", "title"), [], query);
  }
});

Deno.test("a search finds beginnings of words, other forms of them, and misspelt titles", async () => {
  const me = await newToolUser();
  await addProject(me.user, { name: "Website relaunch" });
  for (const query of ["w", "we", "Webs", "relaunching", "relaunched websites", "Wesbite relaunch", "SITE"]) {
    assert.deepEqual(each(await me.ok("search_projects", { query }), "projects", "name"), [
      "Website relaunch",
    ], query);
  }
});

Deno.test("what has all the words comes alone; only where nothing has, what has some of them", async () => {
  const me = await newToolUser();
  await me.ok("create_note", { title: "Launch budget", content: "-" });
  await me.ok("create_note", { title: "Launch party", content: "-" });
  const titles = async (query: string) => each(await me.ok("search_notes", { query }), "notes", "title");
  assert.deepEqual(await titles("launch budget"), ["Launch budget"]);
  assert.deepEqual((await titles("launch tasks of the year")).toSorted(), ["Launch budget", "Launch party"]);
  assert.equal((await titles("   ")).length, 2);
  assert.equal((await titles("")).length, 2);
});
