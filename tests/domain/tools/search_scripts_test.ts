// Text is found as people type it, in twelve kinds of writing: without accents and points, in the other spelling, in other
// digits, letters and widths, inside compounds and addresses. The cases are counted.
import assert from "node:assert/strict";
import { addProject, each, newToolUser, type ToolUser } from "./support.ts";

type Case = [query: string, written: string];

const CASES: Record<string, Case[]> = {
  "Latin with accents": [
    ["resume", "Bitte das Résumé senden"],
    ["Dvorak", "Konzert: Dvořák, Neunte"],
    ["Nguyen", "Gọi cho Nguyễn ngày mai"],
    ["da nang", "Bay tới Đà Nẵng"],
    ["thorsmork", "Ferð í Þórsmörk"],
    ["ISPARTA", "ısparta'dan gül yağı"],
    ["L'ete", "l’été prochain"],
  ],
  "German compounds and spellings": [
    ["Muellers", "Besuch bei Müllers"],
    ["Müllers", "Besuch bei Muellers"],
    ["Strassenfest", "Das Straßenfest beginnt"],
    ["vertrag", "Der Mietvertrag läuft aus"],
    ["GROESSE", "die richtige größe finden"],
    ["Søren", "ring Soeren"],
    ["Aarhus", "møde i Århus"],
  ],
  "Cyrillic": [
    ["ВСТРЕЧА", "встреча в офисе"],
    ["договор", "Подписать «договор», срочно"],
    ["«отчёт»", "годовой отчет"],
    ["їжак", "Купити Їжак для саду"],
    ["йога", "Утренняя ЙОГА"],
  ],
  "Greek": [
    ["ΟΔΟΣ", "η οδός είναι κλειστή"],
    ["συναντηση", "Συνάντηση στις δέκα"],
    ["ΚΑΛΗΜΕΡΑ", "καλημέρα σε όλους"],
    ["Ελλας", "ΕΛΛΑΣ 2027"],
  ],
  "Arabic and Persian": [
    ["اجتماع", "إجْتِمَاع الفريق غدا"],
    ["مدرسه", "المدرسة الجديدة"],
    ["على", "موعد مع علي"],
    ["کتاب", "شراء كتاب جديد"],
    ["2027", "الميزانية ٢٠٢٧"],
    ["۱۲۳", "فاتورة 123"],
    ["سلام", "ســـلام عليكم"],
  ],
  "Armenian": [
    ["երևան", "ԵՐԵՎԱՆ"],
    ["ԵՐԵՎԱՆ", "գնալ Երևան"],
    ["Երեւան", "Երեվան քաղաք"],
  ],
  "apostrophes and what stands for them": [
    ["hawaii", "Flug nach Hawaiʻi"],
    ["hawai'i", "Karte: Hawaiʻi"],
    ["Oʻahu", "week on Oahu"],
    ["dont", "please don’t wait"],
    ["isn't", "it isnt so"],
    ["O’Brien's", "ask OBriens"],
    ["Muellers", "das ist Müller's"],
    ["пять", "п'ять хвилин"],
    ["Quran", "the Qurʾān"],
    ["d'abord", "d‛abord ceci"],
  ],
  "Hebrew": [
    ["פגישה", "פְּגִישָׁה מחר"],
    ["ספר", "בית־ספר ברחוב"],
    ['דו"ח', "להגיש דו״ח שנתי"],
  ],
  "Devanagari and Bengali": [
    ["बैठक", "कल बैठक है।"],
    ["जरूर", "ज़रूर आना"],
    ["हिंदी", "हिँदी की किताब"],
    ["45", "बिल ४५ रुपये"],
    ["সভা", "আগামীকাল সভা আছে"],
  ],
  "Thai": [
    ["ประชุม", "นัดประชุมทีม"],
    ["15", "วันที่ ๑๕ มกราคม"],
  ],
  "Japanese, Chinese, Korean": [
    ["会", "来週の会議"],
    ["ﾌﾟﾛｼﾞｪｸﾄ", "プロジェクト計画"],
    ["ぷろじぇくと", "プロジェクト計画"],
    ["会議、資料", "資料を会議までに"],
    ["Ｐｙｔｈｏｎ", "python の勉強"],
    ["预算", "二零二七年预算表"],
    ["龍", "龍井茶"],
    ["회의", "다음주회의자료"],
  ],
  "emoji, addresses, numbers": [
    ["🎉", "Party 🎉 am Freitag"],
    ["👨‍👩‍👧", "Ausflug 👨‍👩‍👧 Zoo"],
    ["❤", "mit ❤️ gebacken"],
    ["10.0.0.7", "ssh root@10.0.0.7:22"],
    ["anna+work", "anna+work@firma.example"],
    ["4711", "Rechnung RE2026-4711/B"],
    ["e‑mail", "die E-Mail beantworten"],
    ["1/2", "½ Liter Milch"],
    ["#urgent", "tag #urgent now"],
    ["C:\\Temp", "liegt in c:\\temp\\log"],
    ["100%_sure", "I am 100%_sure of it"],
    ["projektplan", "Projekt­plan mit weichem Trennstrich"],
  ],
};

const SEARCHES = [
  ["search_projects", "projects", "name"],
  ["search_notes", "notes", "title"],
  ["search_brain_dumps", "brain_dumps", "title"],
  ["list_tasks", "tasks", "title"],
] as const;

/** One row of each kind, with this text where its content goes. */
async function write(me: ToolUser, title: string, text: string) {
  await addProject(me.user, { name: title, description: text });
  const { client } = me.user;
  const answers = [
    await client.from("notes").insert({ title, content: text }),
    await client.from("brain_dumps").insert({ title, content: text }),
    await client.from("tasks").insert({ title, details: text }),
  ];
  for (const { error } of answers) assert.equal(error, null);
}

Deno.test("text in twelve kinds of writing is found in every list, and nothing else is", async () => {
  const me = await newToolUser();
  const cases = Object.values(CASES).flat();
  assert.ok(cases.length >= 50 && Object.keys(CASES).length === 12);
  for (const [i, [, written]] of cases.entries()) await write(me, `Row ${i}`, written);
  const missed: string[] = [];
  for (const [i, [query, written]] of cases.entries()) {
    for (const [tool, list, field] of SEARCHES) {
      const found = each(await me.ok(tool, { query, limit: 20 }), list, field).map(String);
      // Another row may be found only if its text has the query as it is typed.
      const strange = found.filter((title) => {
        const text = cases[Number(title.slice(4))]?.[1] ?? "";
        return title !== `Row ${i}` && text !== written && !RELATED.has(query);
      });
      if (!found.includes(`Row ${i}`) || strange.length > 0) missed.push(`${tool} ${query}: ${found}`);
    }
  }
  console.log(
    `  ${cases.length * SEARCHES.length - missed.length} of ${cases.length * SEARCHES.length} found`,
  );
  assert.deepEqual(missed, []);
});

/** Queries whose word stands in several of the rows. */
const RELATED = new Set([
  "երևան",
  "ԵՐԵՎԱՆ",
  "Երեւան",
  "hawaii",
  "hawai'i",
  "Muellers",
  "Müllers",
  "على",
  "会",
  "ประชุม",
  "2027",
  "45",
  "15",
]);

Deno.test("a query of one sign, of 400 signs, or of words alone that mean nothing, is answered", async () => {
  const me = await newToolUser();
  await me.ok("create_note", { title: "Über das 会", content: "Ein langer Text über das Wetter" });
  const count = async (query: string) =>
    each(await me.ok("search_notes", { query }), "notes", "title").length;
  assert.deepEqual([await count("会"), await count("ü"), await count("字"), await count("the")], [
    1,
    1,
    0,
    0,
  ]);
  assert.equal(await count("wetter ".repeat(57)), 1);
  assert.equal(await count("x".repeat(400)), 0);
  const long = await me.fails("search_notes", { query: "x".repeat(401) });
  assert.match(long.message, /query: must have at most 400 characters/);
});

Deno.test("an exact word comes before a beginning, and that before an inside, in other scripts, too", async () => {
  const me = await newToolUser();
  const orders = [
    ["план", ["план", "планета", "биплан"]],
    ["Müll", ["Müll", "Müller", "Biomüll"]],
    ["λογος", ["λόγος", "λόγοσα", "διάλογος"]],
  ] as const;
  for (const [query, texts] of orders) {
    for (const text of texts) {
      await me.ok("create_note", { title: "-", content: `a ${text} b`, tags: [text] });
    }
    const data = await me.ok("search_notes", { query });
    assert.deepEqual(each(data, "notes", "tags").map(String), [...texts], query);
  }
});
