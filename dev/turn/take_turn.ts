// One turn of a chat over HTTP, as a front end would do it: start a run, read its events as they come, and where it
// waits for a person, decide and read on.
import {
  type AgentClient,
  AgentClientError,
  createAgentClient,
  type DecisionInput,
  type Run,
  type StartRunBody,
} from "../../client/mod.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import type { ApprovalState, RunState } from "../../shared/contracts/run_state.ts";

export interface TurnRequest extends StartRunBody {
  url: string;
  publishable_key: string;
  token: string;
  signal: AbortSignal;
  fetch?: typeof globalThis.fetch;
}

export interface Person {
  /** Shows the events until they end, and gives what they add up to. */
  show(events: AsyncIterable<ReadEvent>, before?: RunState): Promise<RunState>;
  decide(approval: ApprovalState, state: RunState): Promise<DecisionInput>;
  /** Told why what they have decided was not taken, before they are asked again. */
  refused(sentence: string): void;
}

/** Takes the turn to its end. Throws with the server's own sentence when it refuses the request. */
export async function takeTurn(request: TurnRequest, person: Person): Promise<RunState> {
  const { show } = person;
  const { url, publishable_key, token, fetch, signal, ...body } = request;
  const client: AgentClient = createAgentClient({ url, publishable_key, token, fetch });
  let run = await client.startRun(body, { signal });
  let state = await show(run.events());
  while (state.status === "awaiting_approval" && !signal.aborted) {
    run = await decided(run, state, person);
    state = await show(run.events(), state);
  }
  return state;
}

/** The run, going on with what the person has decided; asked again where the server does not take it. */
async function decided(run: Run, state: RunState, { decide, refused }: Person): Promise<Run> {
  for (;;) {
    const decisions: DecisionInput[] = [];
    for (const approval of state.approvals) {
      if (approval.open) decisions.push(await decide(approval, state));
    }
    if (decisions.length === 0) {
      throw new Error("The run waits for a person, but shows nothing to decide: see GET /approvals.");
    }
    try {
      return await run.decide(decisions);
    } catch (error) {
      if (!(error instanceof AgentClientError) || !error.field?.startsWith("decisions.")) throw error;
      refused(error.message);
    }
  }
}
