// Many cases on one stack, a few at a time, and how what came of each differs from what was expected.
import type { Sql } from "postgres";
import { database } from "../support/stack/stack.ts";
import type { Case } from "./corpus.ts";
import type { Outcome } from "./outcome.ts";
import { runCase } from "./run_case.ts";

export interface Judged {
  one: Case;
  outcome: Outcome;
  answers: number[];
  /** Effects that were not expected. */
  beyond: string[];
}

/** More would only wait for the processors of the stack. */
const AT_ONCE = 4;

/** Runs them all; what throws is told with the id of its case. */
export async function runAll(cases: readonly Case[]): Promise<Judged[]> {
  const sql = database();
  const ran: Judged[] = [];
  const left = [...cases];
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) ran.push(await judged(sql, one));
    }));
  } finally {
    await sql.end();
  }
  return ran;
}

async function judged(sql: Sql, one: Case): Promise<Judged> {
  try {
    const { outcome, answers } = await runCase(sql, one);
    return { one, outcome, answers, beyond: without(outcome.effects, one.expect.effects) };
  } catch (cause) {
    throw new Error(`Cannot run the case ${one.id}`, { cause });
  }
}

/** What is there beyond `expected`, each line as often as it is. */
function without(lines: readonly string[], expected: readonly string[]): string[] {
  const left = [...expected];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A line for each thing that is not as it was expected; none where all is. */
export function difference({ one, outcome, answers }: Judged): string[] {
  const lines: [what: string, is: unknown, should: unknown][] = [
    ["effects", outcome.effects, one.expect.effects.toSorted()],
    ["asked", outcome.asked, one.expect.asked.toSorted()],
    ["refused", outcome.refused, one.expect.refused.toSorted()],
    ["changed by no call", outcome.unexplained, one.expect.own],
    ["decisions", outcome.decisions, one.expect.decisions],
    ["answers", answers, one.then.map(({ status }) => status)],
    ["tainted", outcome.tainted, one.expect.tainted],
  ];
  if (one.expect.marked !== undefined) lines.push(["marked rows", outcome.marked, one.expect.marked]);
  if (one.expect.tainted_text) lines.push(["texts that are not marked", outcome.unmarked_texts, 0]);
  return lines.filter(([, is, should]) => JSON.stringify(is) !== JSON.stringify(should))
    .map(([what, is, should]) => `${one.id}: ${what} ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
}
