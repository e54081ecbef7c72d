// Runs that wait for a person: loans whose cancelling is asked for, and decisions over HTTP.
import type { Approval } from "../../../shared/contracts/approval.ts";
import type { DecisionInput } from "../../../shared/contracts/decision_request.ts";
import type { ApprovalState, RunState } from "../../../shared/contracts/run_state.ts";
import type { ScriptedTurnInput } from "../models/script.ts";
import { callFunction } from "./calling.ts";
import type { TestUser } from "./stack.ts";

/** Lends books to these people; gives the ids of the loans. */
export async function lend({ client }: TestUser, ...borrowers: string[]): Promise<number[]> {
  const book = await client.from("books").insert({ title: "Emma" }).select("id").single();
  const loans = await client.from("loans").insert(
    borrowers.map((borrower) => ({ borrower, book_id: book.data?.id ?? "" })),
  ).select("id").order("id");
  if (loans.error) throw new Error(`Cannot lend: ${loans.error.message}`);
  return loans.data.map(({ id }) => id);
}

/** Who has borrowed something still. */
export async function borrowers({ client }: TestUser): Promise<string[]> {
  const { data } = await client.from("loans").select("borrower").order("id");
  return (data ?? []).map(({ borrower }) => borrower);
}

/** A turn of the model's that asks to cancel loans. */
export function cancelTurn(...loan_ids: (number | undefined)[]): ScriptedTurnInput {
  return {
    tool_calls: loan_ids.map((loan_id) => ({ name: "cancel_loan", arguments: { loan_id: loan_id ?? 0 } })),
  };
}

/** What waits in a state. */
export function openIn({ approvals }: RunState): ApprovalState[] {
  return approvals.filter(({ open }) => open);
}

/** An approval of what waits, or another decision on it. */
export function decisionOn(
  approval: Pick<Approval, "tool_call_id" | "arguments_sha256"> | undefined,
  more: Partial<DecisionInput> = {},
): DecisionInput {
  const { tool_call_id = "", arguments_sha256 = "" } = approval ?? {};
  return { tool_call_id, arguments_sha256, approved: true, ...more };
}

/** Decides over HTTP; `more` may say how it is answered. */
export function sendDecisions(
  person: { token: string } | null,
  run_id: string,
  decisions: object[],
  { headers, base, ...body }: { stream?: boolean; headers?: Record<string, string>; base?: string } = {},
): Promise<Response> {
  return callFunction(person, `agent-planner/runs/${run_id}/decisions`, {
    body: { decisions, ...body },
    ...{ headers, base },
  });
}
