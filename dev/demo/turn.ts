// One turn of a chat over HTTP, as a front end would do it: start a run, read its events as they come, and where it
// waits for a person, decide and read on.
import { type AgentClient, createAgentClient, type DecisionInput } from "../../shared/client/agent_client.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import type { ApprovalState, RunState } from "../../shared/contracts/run_state.ts";

export interface TurnRequest {
  url: string;
  publishable_key: string;
  token: string;
  message: string;
  time_zone: string;
  signal: AbortSignal;
}

interface Person {
  /** Shows the events until they end, and gives what they add up to. */
  show(events: AsyncIterable<ReadEvent>, before?: RunState): Promise<RunState>;
  decide(approval: ApprovalState, state: RunState): Promise<DecisionInput>;
}

/** Takes the turn to its end. Throws with the server's own sentence when it refuses the request. */
export async function takeTurn(request: TurnRequest, { show, decide }: Person): Promise<RunState> {
  const { message, time_zone, signal } = request;
  let run = await clientOf(request).startRun({ message, time_zone }, { signal });
  let state = await show(run.events());
  while (state.status === "awaiting_approval" && !signal.aborted) {
    const decisions: DecisionInput[] = [];
    for (const approval of state.approvals) {
      if (approval.open) decisions.push(await decide(approval, state));
    }
    run = await run.decide(decisions);
    state = await show(run.events(), state);
  }
  return state;
}

function clientOf({ url, publishable_key, token }: TurnRequest): AgentClient {
  return createAgentClient({ url, publishable_key, token });
}
