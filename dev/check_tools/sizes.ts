// The largest answer that a tool gives: with long texts in many rows, and as many of them as it shows.
import { estimateTokenCount } from "tokenx";
import { OPENING_TOKENS, PromptWindows } from "../../shared/contracts/prompt_windows.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { Tool } from "../../shared/tools/define_tool.ts";
import { plantable, updateAll } from "./canaries.ts";
import { quoted } from "./catalog.ts";
import { type Checking, everythingSeen } from "./checking.ts";
import type { Findings } from "./findings.ts";
import { argumentsWith, isFields } from "./leaves.ts";
import { makeRows } from "./made_rows.ts";
import type { Answer } from "./trying.ts";

const MANY = 60;
/** Columns in which people write more than a line. */
const BODY = /note|descr|body|content|comment|text|message|detail|summary|bio|about|instruct|prompt/;
const LONG = "Long words of a long text. ".repeat(190);
const WINDOWS = PromptWindows.parse({});
/** What an executor's prompt has room for beside what opens it. */
const ROOM = WINDOWS.executor - OPENING_TOKENS.executor;

export async function checkSize(
  checking: Checking,
  tool: Tool,
  answers: readonly Answer[],
  findings: Findings,
): Promise<void> {
  if (answers.length === 0) return;
  let largest = 0;
  for (const { args, leaves } of answers) {
    const most = leaves.flatMap(({ name, path, candidates }): [string, Json][] =>
      name === "limit" ? [[path, 1_000]] : candidates[0] === true ? [[path, true]] : []
    );
    const given = leaves.filter(({ name, required }) => required && name !== "limit");
    const asked = argumentsWith([
      ...given.map(({ path }): [string, Json] => [path, valueAt(args, path)]),
      ...most,
    ]);
    findings.found.calls++;
    const result = await checking.mine.call(tool.name, asked);
    largest = Math.max(largest, estimateTokenCount(JSON.stringify({ ...result, rows: undefined })));
  }
  // One thing whole is as long as what was written into it: of that the model is shown what fits, and told the rest.
  if (largest > WINDOWS.planner && tool.category !== "detail") {
    findings.fails(
      "size",
      `Its largest answer has ${largest} tokens, and no prompt has more than ${WINDOWS.planner}: show less of long ` +
        "texts, or fewer rows.",
    );
  } else if (largest > ROOM) {
    findings.note(`Its largest answer has ${largest} tokens, of which an executor is shown ${ROOM}.`);
  }
}

/** Many rows with long texts, for every read tool. */
export async function fillWithLongTexts(checking: Checking): Promise<void> {
  for (const { name, kind } of checking.reached) {
    if (kind === "table" && checking.catalog.get(name)?.subject) await makeRows(checking.maker, name, MANY);
  }
  const seen = await everythingSeen(checking, checking.me);
  for (const relation of checking.reached.filter(({ kind }) => kind === "table")) {
    const rows = seen.get(relation.name) ?? [];
    for (const { name, category, length } of plantable(relation)) {
      if (category === "A" || length !== null) continue;
      const long = name !== relation.subject?.title && BODY.test(name) ? LONG : LONG.slice(0, 200);
      await updateAll(checking, relation, rows, `${quoted(name)} = ${quoted(name)} || $1::text`, long);
    }
  }
}

function valueAt(args: Json, path: string): Json {
  return path.split(".").reduce<Json>((inner, name) => isFields(inner) ? inner[name] ?? null : null, args);
}
