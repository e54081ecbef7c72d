// What a person is asked about, for clients that show them one line.
import { headline, toolWords } from "../contracts/approval_title.ts";
import type { ApprovalState, RunState } from "../contracts/run_state.ts";

/** What the call does and to what: "Delete calendar event: “Lunch with Jonas”". */
export function askedTitle(
  { shown, plan }: RunState,
  { tool_call_id, name, effects }: ApprovalState,
): string {
  const own = shown.flatMap((one) => one.type === "calls" ? one.calls : []);
  const calls = [...own, ...plan?.steps.flatMap((step) => step.calls) ?? []];
  const title = calls.find((call) => call.tool_call_id === tool_call_id)?.title;
  return headline(title ?? toolWords(name), effects);
}
