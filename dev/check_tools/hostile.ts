// Texts that mean something to some layer below: none of them does harm, and a search finds the row that has one.
import type { Json } from "../../shared/contracts/text.ts";
import type { Tool } from "../../shared/tools/define_tool.ts";
import { plantable, update } from "./canaries.ts";
import { quoted, type Relation } from "./catalog.ts";
import { type Checking, everythingSeen, fillRows, keyText, type Values } from "./checking.ts";
import type { Findings } from "./findings.ts";
import { argumentsWith, isFields, type Leaf } from "./leaves.ts";
import type { Answer } from "./trying.ts";

const HOSTILE: readonly string[] = [
  ...[`O'Brien "Bob" ;--`, "50% off", "snake_case_name", "back\\slash", "star*dust", "party \u{1F389} time"],
  ...["__proto__", "a,b.(c)", "{x}", "null", "true", "1.0", "%", "_", "\\", "$1 $$ :x"],
];
const LONG = "long words ".repeat(910);

export async function checkHostile(
  checking: Checking,
  tool: Tool,
  answers: readonly Answer[],
  findings: Findings,
): Promise<void> {
  const widest = answers.toSorted((a, b) => b.leaves.length - a.leaves.length)[0];
  if (widest === undefined) return;
  const texts = widest.leaves.filter(({ is_text }) => is_text);
  const takes_away = tool.access === "write" && tool.writes.some(({ op }) => op === "DELETE");
  for (const text of texts.length > 0 ? [...HOSTILE, LONG] : []) {
    if (takes_away) await fillRows(checking);
    await harmless(checking, tool, widest, { texts, text, findings });
  }
  if (tool.access === "read") {
    for (const leaf of texts) await checkSearch(checking, tool, widest, leaf, findings);
  }
  const own: Json = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}');
  await checking.mine.call(
    tool.name,
    isFields(own) && isFields(widest.args) ? { ...own, ...widest.args } : own,
  );
  if ("polluted" in {}) {
    findings.fails("hostile", "An argument named __proto__ reached the prototype of all objects.");
  }
}

interface Odd {
  texts: readonly Leaf[];
  text: string;
  findings: Findings;
}

/** With the text in all of them; where one is refused for its form, the others are tried by themselves. */
async function harmless(
  checking: Checking,
  tool: Tool,
  answer: Answer,
  { texts, text, findings }: Odd,
): Promise<void> {
  const { mine } = checking;
  findings.found.calls++;
  const result = await mine.call(tool.name, withText(answer, texts, text));
  if (result.ok) return;
  const [first, ...others] = texts;
  if (result.error === "failed" && texts.length === 1) {
    const cause = mine.log.at(-1)?.details.error;
    const why = cause instanceof Error ? cause.message : "";
    findings.fails(
      "hostile",
      `It fails where ${first?.path} is ${JSON.stringify(text.slice(0, 30))}: ${why}`,
    );
  } else if (first !== undefined && others.length > 0) {
    const blamed = tool.prepare(withText(answer, texts, text));
    const refused = blamed.ok ? first : texts.find(({ path }) => blamed.field.startsWith(path)) ?? first;
    if (blamed.ok) await harmless(checking, tool, answer, { texts: [first], text, findings });
    await harmless(checking, tool, answer, {
      texts: texts.filter((leaf) => leaf !== refused),
      text,
      findings,
    });
  }
}

function withText({ args, leaves }: Answer, texts: readonly Leaf[], text: string): Json {
  return argumentsWith(leaves.map((leaf) => [
    leaf.path,
    !texts.includes(leaf) ? at(args, leaf.path) : leaf.is_list ? [text] : text,
  ]));
}

function at(args: Json, path: string): Json {
  return path.split(".").reduce<Json>((inner, name) => isFields(inner) ? inner[name] ?? null : null, args);
}

/** A column that the argument searches is one whose row it finds by a word that stands nowhere else. */
async function checkSearch(
  checking: Checking,
  tool: Tool,
  { args, leaves }: Answer,
  leaf: Leaf,
  findings: Findings,
): Promise<void> {
  const needed = leaves.filter(({ required, path }) => required && path !== leaf.path);
  const search = async (text: string) => {
    findings.found.calls++;
    const words = argumentsWith([
      ...needed.map(({ path }): [string, Json] => [path, at(args, path)]),
      [leaf.path, leaf.is_list ? [text] : text],
    ]);
    const result = await checking.mine.call(tool.name, words);
    return (result.ok ? result.rows ?? [] : []).map(({ relation, key }) => `${relation} ${key}`);
  };
  const seen = await everythingSeen(checking, checking.me);
  for (const relation of checking.reached.filter(({ kind }) => kind === "table")) {
    const row = (seen.get(relation.name) ?? [])[0];
    if (row === undefined) continue;
    const name = `${relation.name} ${keyText(relation, row)}`;
    for (
      const column of plantable(relation).filter(({ category }) => category !== "A").map(({ name }) => name)
    ) {
      await searchColumn(checking, { relation, row, column, name }, search, (text) =>
        findings.fails(
          "hostile",
          `With ${leaf.path} ${
            JSON.stringify(text)
          } it does not find the row of ${relation.name} whose ${column} is that.`,
        ));
    }
  }
}

interface Place {
  relation: Relation;
  row: Values;
  column: string;
  name: string;
}

async function searchColumn(
  checking: Checking,
  { relation, row, column, name }: Place,
  search: (text: string) => Promise<string[]>,
  fails: (text: string) => void,
): Promise<void> {
  const set = (text: string) => update(checking, relation, row, `${quoted(column)} = $1::text`, text);
  const word = `zq${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
  if (!await set(word)) return;
  if ((await search(word)).includes(name)) {
    for (const text of HOSTILE) {
      if (text.length > 2 && await set(text) && !(await search(text)).includes(name)) fails(text);
    }
  }
  await set(word);
}
