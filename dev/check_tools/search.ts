// Looks for arguments that a tool takes and answers well: first by what its own schema says of them, then by calling it.
import type { ToolOutcome } from "../../shared/agents/ports.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { Tool } from "../../shared/tools/define_tool.ts";
import { argumentsWith, type Leaf } from "./leaves.ts";

export interface Found {
  args: Json;
  result: ToolOutcome;
}

/** So many calls are made for one answer, at most. */
const MOST_CALLS = 40;

type Call = (args: Json) => Promise<ToolOutcome>;

/** The first answer that is no refusal, or the last one. */
export async function findCall(
  tool: Tool,
  leaves: readonly Leaf[],
  call: Call,
): Promise<Found | { problem: string }> {
  let last: Found | undefined;
  let calls = 0;
  let problem = "its schema takes none of the values that were tried";
  for (const choice of choices(leaves)) {
    const fitting = fit(tool, leaves, choice);
    if ("problem" in fitting) {
      problem = fitting.problem;
      continue;
    }
    if (calls++ >= MOST_CALLS) break;
    last = { args: fitting.args, result: await call(fitting.args) };
    if (last.result.ok || last.result.error === "failed") return last;
  }
  return last ?? { problem };
}

/** Which candidate each leaf begins with: keys in every combination, nearest first, then the others one by one. */
function* choices(leaves: readonly Leaf[]): Generator<number[]> {
  const keys = leaves.flatMap(({ is_key, candidates }, at) => is_key && candidates.length > 1 ? [at] : []);
  const start = leaves.map(() => 0);
  yield start;
  let made = 0;
  const counts = keys.map((at) => leaves[at]?.candidates.length ?? 0);
  const whole = counts.reduce((product, count) => product * count, 1);
  for (let number = 1; number < Math.min(whole, MOST_CALLS - 10) && keys.length > 0; number++) {
    let rest = number;
    const choice = [...start];
    keys.forEach((at, i) => {
      choice[at] = rest % (counts[i] ?? 1);
      rest = Math.floor(rest / (counts[i] ?? 1));
    });
    yield choice;
    made++;
  }
  for (let at = leaves.length - 1; at >= 0 && made < 10 * MOST_CALLS; at--) {
    if (keys.includes(at)) continue;
    for (let next = 1; next < (leaves[at]?.candidates.length ?? 0); next++) {
      yield start.map((first, i) => i === at ? next : first);
      made++;
    }
  }
}

/** Goes on from a choice, leaf by leaf, until the schema takes it. */
function fit(
  tool: Tool,
  leaves: readonly Leaf[],
  choice: readonly number[],
): { args: Json } | { problem: string } {
  const chosen = [...choice];
  for (;;) {
    const args = argumentsWith(
      leaves.map(({ path, candidates }, at) => [path, candidates[chosen[at] ?? 0] ?? null]),
    );
    const prepared = tool.prepare(args);
    if (prepared.ok) return { args };
    const blamed = leaves.findIndex(({ path }) =>
      prepared.field === path || prepared.field.startsWith(`${path}.`)
    );
    const next = (chosen[blamed] ?? 0) + 1;
    if (blamed < 0 || next >= (leaves[blamed]?.candidates.length ?? 0)) return { problem: prepared.problem };
    chosen[blamed] = next;
  }
}
