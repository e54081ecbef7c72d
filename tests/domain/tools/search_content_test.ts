// What is written anywhere in a row is found: in any language, inside words and addresses, accents aside, and what
// fits exactly comes first.
import assert from "node:assert/strict";
import { addProject, each, newToolUser, type ToolUser } from "./support.ts";

/** What is looked for, and what was written. */
const INSIDE: [query: string, written: string][] = [
  ["会議", "明日の会議は十時から始まります"],
  ["プロジェクト", "新しいプロジェクトの計画"],
  ["项目", "这个项目下周开始"],
  ["회의", "내일 회의가 있습니다"],
  ["ประชุม", "พรุ่งนี้มีประชุมตอนเช้า"],
  ["บัญชี", "ส่งบัญชีให้อาจารย์"],
  ["встреча", "Завтра будет встреча с отделом"],
  ["елка", "Купить ёлка и гирлянды"],
  ["Αθηνα", "Ταξίδι στην Αθήνα"],
  ["سلام", "اكتب سَلَام في البداية"],
  ["שלום", "אמור שָׁלוֹם לכולם"],
  ["मीटिंग", "कल मीटिंग है"],
  ["cafe", "Treffen im café am Markt"],
  ["café", "the cafe in the market"],
  ["Cafe\u0301", "le café noir"],
  ["strasse", "Die Straße nach Süden"],
  ["lodz", "Reise nach Łódź"],
  ["smorrebrod", "Vi spiser smørrebrød"],
  ["istanbul", "İstanbul gezisi"],
  ["1234", "Der Server poseidon-1234 fällt aus"],
  ["example", "Schreib an user@example.com"],
  ["example.com", "Schreib an user@example.com"],
  ["issues", "https://git.host/a/b/issues/7"],
  ["organiza", "the organization of it"],
  ["besprechung", "Am Montag ist Projektbesprechung"],
  ["snake", "der Name is long_snake_case"],
  ["case", "heißt camelCaseName"],
  ["50%", "mit 50% Rabatt"],
  ["C++", "written in C++ and Rust"],
  ["ﬁn", "the final version"],
];

/** One row of each kind, with this text where its content goes. */
async function write(me: ToolUser, title: string, content: string) {
  await addProject(me.user, { name: title, description: content });
  await me.ok("create_note", { title, content });
  await me.ok("create_brain_dump", { title, content });
  await me.ok("create_task", { title, description: content });
}

const SEARCHES = [
  ["search_projects", "projects", "name"],
  ["search_notes", "notes", "title"],
  ["search_brain_dumps", "brain_dumps", "title"],
  ["list_tasks", "tasks", "title"],
] as const;

Deno.test("content is found in any language, inside words and addresses, and accents aside", async () => {
  const me = await newToolUser();
  for (const [i, [, written]] of INSIDE.entries()) await write(me, `Row ${i}`, written);
  for (const [i, [query]] of INSIDE.entries()) {
    for (const [tool, list, field] of SEARCHES) {
      const found = each(await me.ok(tool, { query, limit: 20 }), list, field);
      assert.ok(found.includes(`Row ${i}`), `${tool} ${query}: ${found}`);
    }
  }
});

Deno.test("every word of a query counts, wherever it stands: title, tags or content", async () => {
  const me = await newToolUser();
  await me.ok("create_note", { title: "Größe", content: "Der Projektplan", tags: ["Büro Möbel"] });
  await me.ok("create_note", { title: "Grosse", content: "anderes" });
  for (const query of ["grosse projektplan buro", "MÖBEL plan", "mobel größe"]) {
    assert.deepEqual(each(await me.ok("search_notes", { query }), "notes", "title"), ["Größe"], query);
  }
});

Deno.test("a tag is found by what is inside it", async () => {
  const me = await newToolUser();
  await addProject(me.user, { name: "P", tags: ["q3-ziele", "東京事務所"] });
  for (const query of ["ziele", "事務所", "q3"]) {
    assert.deepEqual(each(await me.ok("search_projects", { query }), "projects", "name"), ["P"], query);
  }
});

Deno.test("the exact word comes before the beginning of one, and that before the inside of one", async () => {
  const me = await newToolUser();
  await me.ok("create_note", { title: "AI strategy", content: "-" });
  for (let i = 0; i < 6; i++) {
    await me.ok("create_note", { title: `Airport pickup ${i}`, content: "-" });
    await me.ok("create_note", { title: `Main ${i}`, content: "-" });
  }
  const titles = each(await me.ok("search_notes", { query: "AI", limit: 20 }), "notes", "title").map(String);
  assert.equal(titles[0], "AI strategy");
  assert.deepEqual(titles.slice(1).map((title) => title.slice(0, 4)), [
    ...Array(6).fill("Airp"),
    ...Array(6).fill("Main"),
  ]);
});

Deno.test("a word in the title comes before the same word in the content", async () => {
  const me = await newToolUser();
  await me.ok("create_note", { title: "Budget", content: "-" });
  await me.ok("create_note", { title: "Other", content: "the budget" });
  assert.deepEqual(each(await me.ok("search_notes", { query: "budget" }), "notes", "title"), [
    "Budget",
    "Other",
  ]);
});
