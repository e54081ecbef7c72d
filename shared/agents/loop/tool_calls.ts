// Runs the tool calls of one model turn, announces them, and records each as a row. Reads that stand next to
// each other run at the same time; a write runs alone, in its place. At the first call that waits for a person the turn
// stops; what else of it a person has to be asked about is asked along with it.
import { together } from "../../async/together.ts";
import { failed } from "../../contracts/tool_result.ts";
import type { ToolOutcome } from "../ports.ts";
import type { ProposedCall } from "../store/rows.ts";
import {
  ask,
  askAhead,
  type Asked,
  isWaiting,
  pendingStanding,
  type Standing,
  standingOf,
} from "./asking.ts";
import { type CallResult, recordOutcome, repeatOutcome } from "./call_outcome.ts";
import { isUnfinished, type Unfinished } from "./loop_events.ts";
import { isProposed, type ToolCallOptions } from "./tool_call_options.ts";
import { decidedEvents, toolCallEvent } from "./tool_events.ts";
import {
  askedAgain,
  callAsItStands,
  isAskedAgain,
  type NumberedCall,
  proposalOf,
  type TurnCall,
} from "./turn_call.ts";

/** The results in the order of the calls; or why one of them has none yet, and those after it wait, too. */
export async function runToolCalls(
  calls: readonly NumberedCall[],
  options: ToolCallOptions,
): Promise<CallResult[] | Unfinished> {
  const turn = await Promise.all(calls.map((one) => callAsItStands(one, options)));
  for (const { recorded, pending } of turn) {
    const row = recorded ?? pending;
    if (row) decidedEvents(row).forEach(options.emit);
  }
  const results: CallResult[] = [];
  for (const group of grouped(turn, options)) {
    for (const end of await together(group.map((one) => runToolCall(one, options)))) {
      if (end === "suspended") return end;
      if (end === "awaiting" || "approval" in end) {
        await askTogether(end, turn.slice(results.length + 1), options);
        return "awaiting";
      }
      results.push(end);
    }
  }
  return results;
}

function grouped(turn: readonly TurnCall[], options: ToolCallOptions): TurnCall[][] {
  const reads = new Set(
    options.toolbox.offered.map(({ schema }) => schema.name).filter((name) => !isProposed(name, options)),
  );
  const groups: TurnCall[][] = [];
  let readsBefore = false;
  for (const one of turn) {
    const read = reads.has(one.call.name);
    if (read && readsBefore) groups.at(-1)?.push(one);
    else groups.push([one]);
    readsBefore = read;
  }
  return groups;
}

/** One request for approval for the whole turn. */
async function askTogether(
  first: Asked | "awaiting",
  rest: readonly TurnCall[],
  options: ToolCallOptions,
): Promise<void> {
  if (options.signal.aborted) return;
  const others = await askAhead(rest, options);
  const approvals = (first === "awaiting" ? others : [first, ...others]).map(({ approval }) => approval);
  if (approvals.length > 0) options.emit({ type: "approval_required", approvals });
}

async function runToolCall(
  one: TurnCall,
  options: ToolCallOptions,
): Promise<CallResult | Asked | Unfinished> {
  const row = proposalOf(one, options);
  const builtIn = options.builtIn.some(({ name }) => name === one.call.name);
  if (!builtIn) {
    options.emit(toolCallEvent(row, options.catalogue));
  }
  if (one.recorded) return repeatOutcome(one, one.recorded, options);
  const outcome = await perform(one, row, options);
  if (isUnfinished(outcome) || "approval" in outcome) return outcome;
  const result = recordOutcome(one, row, outcome, options);
  if (!isAskedAgain(one, outcome)) return result;
  result.tell?.("whole");
  return await runToolCall(await askedAgain(one, options), options);
}

async function perform(
  one: TurnCall,
  row: ProposedCall,
  options: ToolCallOptions,
): Promise<ToolOutcome | Asked | Unfinished> {
  const { call, refusal } = one;
  if (options.signal.aborted) {
    return failed("not_allowed", "The run was cancelled, so this call was not run.");
  }
  if (refusal !== undefined) return failed("not_allowed", refusal);
  if (!call.arguments.ok) {
    return failed("invalid_arguments", `The arguments are not valid JSON: ${call.arguments.problem}`);
  }
  const builtIn = options.builtIn.find(({ name }) => name === call.name);
  if (builtIn) return await builtIn.run(call.arguments.value, one.id);
  const standing = isProposed(call.name, options) ? await standingAt(one, row, options) : "may be made";
  if (isWaiting(standing)) return await ask(one, row, standing, options);
  if (standing !== "may be made") return standing;
  return await options.toolbox.dispatch({ call_id: one.id, name: call.name, arguments: one.arguments });
}

/** Proposed before it is made: a process that dies over it leaves its name, and the id under which it may be made again. */
async function standingAt(one: TurnCall, row: ProposedCall, { propose }: ToolCallOptions): Promise<Standing> {
  if (one.pending) return pendingStanding(one.pending);
  const verdict = (await propose([row]))[row.id];
  if (verdict === undefined) throw new Error("Cannot make the call: the database gave no verdict on it");
  return standingOf(verdict);
}
