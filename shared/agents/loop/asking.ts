// How a person is asked about calls: each is shown with what it would do, found out by a dry run.
import { together } from "../../async/together.ts";
import type { Approval } from "../../contracts/approval.ts";
import { failed } from "../../contracts/tool_result.ts";
import type { ToolOutcome } from "../ports.ts";
import type { PendingCall } from "../store/records.ts";
import type { ProposedCall, Verdict } from "../store/rows.ts";
import { approvalOf } from "./approval_of.ts";
import { recordOutcome } from "./call_outcome.ts";
import { isProposed, type ToolCallOptions } from "./tool_call_options.ts";
import { toolCallEvent } from "./tool_events.ts";
import { proposalOf, type TurnCall } from "./turn_call.ts";

/** A call that waits for a person. */
export interface Asked {
  approval: Approval;
}

/** What became of a proposal: it may be made, a person is to be asked, or else what the model is told. */
export type Standing = "may be made" | Waiting | ToolOutcome;

/** A call that a person is to be asked about, as its row has it. */
type Waiting =
  & { status: "awaiting_approval" }
  & Pick<
    PendingCall,
    "arguments_sha256" | "why" | "effects" | "problem" | "expires_at" | "remember"
  >;

export function isWaiting(standing: Standing): standing is Waiting {
  return typeof standing === "object" && "status" in standing;
}

export function standingOf({ status, result, ...asks }: Verdict): Standing {
  if (status === "approved" || status === "executing") return "may be made";
  if (status === "awaiting_approval") return { status, ...asks, effects: null, problem: null };
  return result ?? failed("not_allowed", "This was not approved, so it was not done.");
}

/** Asks about a call, unless the dry run shows that there is nothing to be asked: then what the model is told. */
export async function ask(
  one: TurnCall,
  row: ProposedCall,
  waiting: Waiting,
  options: ToolCallOptions,
): Promise<Asked | ToolOutcome> {
  const { toolbox, write, step_number } = options;
  const { arguments_sha256, why, expires_at, remember } = waiting;
  let { effects, problem } = waiting;
  if (effects === null && problem === null) {
    const preview = await toolbox.preview({ call_id: one.id, name: row.tool_name, arguments: one.arguments });
    if (preview.kind === "unchanged" || preview.kind === "refused") return preview.result;
    // A read that can be made changes nothing, so that there is nothing to be shown.
    if (row.access === "write") {
      if (preview.kind === "effects") effects = preview.effects;
      else problem = preview.problem;
      write({ ...row, status: "awaiting_approval", effects, problem });
    }
  }
  if (expires_at === null) throw new Error("Cannot ask a person: the database gave no time for the answer");
  const call = { id: one.id, tool_name: row.tool_name, arguments: one.arguments };
  const asked = { ...call, arguments_sha256, why, effects, problem, remember };
  return { approval: approvalOf(asked, expires_at, step_number) };
}

/**
 * Of calls whose place has not come, those about which a person has to be asked: at once, so that nobody is asked twice
 * about one turn. The others wait, and of what needs no answer the result is recorded.
 */
export async function askAhead(calls: readonly TurnCall[], options: ToolCallOptions): Promise<Asked[]> {
  const guarded = calls
    .filter(({ call, recorded, refusal }) =>
      !recorded && refusal === undefined && call.arguments.ok && isProposed(call.name, options)
    )
    .map((one) => ({ one, row: proposalOf(one, options) }));
  const fresh = guarded.filter(({ one }) => !one.pending).map(({ row }) => row);
  const verdicts = fresh.length > 0 ? await options.propose(fresh) : {};
  const asked = await together(guarded.map(async ({ one, row }) => {
    const verdict = verdicts[one.id];
    const standing = one.pending ? pendingStanding(one.pending) : verdict && standingOf(verdict);
    if (standing === undefined || !isWaiting(standing)) return [];
    options.emit(toolCallEvent(row, options.catalogue));
    const end = await ask(one, row, standing, options);
    if ("approval" in end) return [end];
    recordOutcome(one, row, end, options).tell?.("whole");
    return [];
  }));
  return asked.flat();
}

/** Where a call stands that was proposed before. */
export function pendingStanding(pending: PendingCall): Standing {
  const { status, ...asks } = pending;
  return status === "awaiting_approval" ? { status, ...asks } : "may be made";
}
