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
  for (const leaf of widest.leaves.filter(({ is_text }) => is_text)) {
    for (const text of [...HOSTILE, LONG]) {
      if (tool.access === "write") await fillRows(checking);
      await harmless(checking, tool, withValue(widest, leaf, text), { leaf, text, findings });
    }
    if (tool.access === "read") await checkSearch(checking, tool, widest, leaf, findings);
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

async function harmless(
  { mine }: Checking,
  tool: Tool,
  args: Json,
  { leaf, text, findings }: { leaf: Leaf; text: string; findings: Findings },
): Promise<void> {
  findings.found.calls++;
  const result = await mine.call(tool.name, args);
  if (result.ok || result.error !== "failed") return;
  const cause = mine.log.at(-1)?.details.error;
  findings.fails(
    "hostile",
    `It fails where ${leaf.path} is ${JSON.stringify(text.slice(0, 30))}: ${
      cause instanceof Error ? cause.message : ""
    }`,
  );
}

function withValue({ args, leaves }: Answer, leaf: Leaf, text: string): Json {
  const value = leaf.is_list ? [text] : text;
  return argumentsWith(leaves.map(({ path }) => [path, path === leaf.path ? value : at(args, path)]));
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
  const set = (text: string) => update(checking, relation, row, `${quoted(column)} = $1::text`, [text]);
  const word = `zq${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
  if (!await set(word)) return;
  if ((await search(word)).includes(name)) {
    for (const text of HOSTILE) {
      if (text.length > 2 && await set(text) && !(await search(text)).includes(name)) fails(text);
    }
  }
  await set(word);
}
