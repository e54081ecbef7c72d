// Calls of one tool with every argument that it has: with those that it needs, with all of them, and with each by itself
// where all together are refused.
import type { ToolOutcome } from "../../shared/agents/ports.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { ToolErrorKind } from "../../shared/contracts/tool_result.ts";
import type { Tool } from "../../shared/tools/define_tool.ts";
import { type Checking, everythingSeen, fillRows, knownValues } from "./checking.ts";
import type { Findings } from "./findings.ts";
import { argumentsWith, isFields, type Leaf, leavesOf } from "./leaves.ts";
import { isOnePerUser } from "./owners.ts";
import { findCall } from "./search.ts";

export interface Answer {
  args: Json;
  result: ToolOutcome;
  /** Of the call that gave it. */
  call_id: string;
  leaves: readonly Leaf[];
}

type After = (answer: Answer) => Promise<void>;

/** Makes the calls; `after` is told of each that was answered well. */
export async function tryArguments(
  checking: Checking,
  tool: Tool,
  findings: Findings,
  after: After,
): Promise<Answer[]> {
  const { mine } = checking;
  await fillRows(checking);
  const leaves = leavesOf(tool, knownValues(checking, await everythingSeen(checking, checking.me)));
  const answers: Answer[] = [];
  let last_error: ToolErrorKind | undefined;
  const attempt = async (chosen: readonly Leaf[]) => {
    const ids = new Map<string, string>();
    const found = await findCall(tool, chosen, async (args) => {
      const call_id = crypto.randomUUID();
      ids.set(JSON.stringify(args), call_id);
      findings.found.calls++;
      return await mine.call(tool.name, args, call_id);
    });
    if ("problem" in found) return found.problem;
    const { args, result } = found;
    last_error = result.ok ? undefined : result.error;
    if (!result.ok) return refusal(result, mine.log, findings);
    const answer = { args, result, call_id: ids.get(JSON.stringify(args)) ?? "", leaves: chosen };
    answers.push(answer);
    await after(answer);
    return undefined;
  };

  const first = await attempt(neededOf(leaves));
  if (first !== undefined) {
    const reason = rightlyRefused(checking, tool, neededOf(leaves), last_error);
    if (reason === undefined) findings.fails("answers", `No call with what it needs succeeded: ${first}`);
    else findings.cannotTry(`It can't be tried: ${reason}`);
    return answers;
  }
  const cursor = leaves.find(({ name }) => name === "cursor");
  if (cursor !== undefined) await tryCursor(checking, tool, { needed: neededOf(leaves), leaves }, findings);
  const optional = leaves.filter((leaf) => leaf !== cursor && !neededOf(leaves).includes(leaf));
  if (optional.length === 0 || await attempt(leaves.filter((leaf) => leaf !== cursor)) === undefined) {
    return answers;
  }
  for (const leaf of optional) {
    const problem = await attempt([...neededOf(leaves), leaf]);
    if (problem !== undefined) findings.note(`${leaf.path} was refused: ${problem}`);
  }
  return answers;
}

/** Why every call of it has to be refused so, if there is a reason. */
function rightlyRefused(
  { catalog }: Checking,
  tool: Tool,
  needed: readonly Leaf[],
  error: ToolErrorKind | undefined,
): string | undefined {
  const [empty] = needed.flatMap(({ without_rows }) => without_rows);
  if (error === "not_found" && empty !== undefined) return `no row of ${empty} could be made.`;
  if (error !== "conflict" || tool.access === "read") return undefined;
  const full = tool.writes.find(({ table, op }) => {
    const relation = catalog.get(table);
    return op === "INSERT" && relation !== undefined && isOnePerUser(relation);
  });
  return full && `a user has one row of ${full.table} at most, and has it already.`;
}

/** A list goes on where it says that it can. */
async function tryCursor(
  { mine }: Checking,
  tool: Tool,
  { needed, leaves }: { needed: readonly Leaf[]; leaves: readonly Leaf[] },
  findings: Findings,
): Promise<void> {
  const limit = leaves.filter(({ name }) => name === "limit").map(({ path }): [string, Json] => [path, 1]);
  const given = [
    ...needed.map(({ path, candidates }): [string, Json] => [path, candidates[0] ?? null]),
    ...limit,
  ];
  findings.found.calls += 2;
  const first = await mine.call(tool.name, argumentsWith(given));
  const next = first.ok && isFields(first.data) ? first.data.next_cursor : undefined;
  if (typeof next !== "string") return findings.note("cursor was not tried: no list of it is cut.");
  const second = await mine.call(tool.name, argumentsWith([...given, ["cursor", next]]));
  if (!second.ok) {
    findings.fails("answers", `A list does not go on with its own next_cursor: ${second.message}`);
  }
}

/** What can't be left out; of an object with nothing of the kind its first field. */
function neededOf(leaves: readonly Leaf[]): readonly Leaf[] {
  const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf(".")));
  return leaves.filter((leaf, at) => {
    if (leaf.required) return true;
    const siblings = leaves.filter(({ path }) => parent(path) === parent(leaf.path));
    return parent(leaf.path) !== "" && !siblings.some(({ required }) => required) &&
      leaves.findIndex(({ path }) => parent(path) === parent(leaf.path)) === at;
  });
}

function refusal(
  result: Extract<ToolOutcome, { ok: false }>,
  log: Checking["mine"]["log"],
  findings: Findings,
): string {
  if (result.error !== "failed" && result.error !== "not_allowed") return result.message;
  const cause = log.at(-1)?.details.error;
  const why = cause instanceof Error ? ` ${cause.message}` : "";
  findings.fails("answers", `${result.message}${why}`);
  return result.message;
}
