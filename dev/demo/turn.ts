// One turn of a chat over HTTP, as a front end would do it: start a run, read its events as they come.
import { createAgentClient } from "../../shared/client/agent_client.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";

export interface TurnRequest {
  url: string;
  publishable_key: string;
  token: string;
  message: string;
  time_zone: string;
  signal: AbortSignal;
}

/** The events of the turn. Throws with the server's own sentence when it refuses the request. */
export async function* turnEvents(request: TurnRequest): AsyncGenerator<ReadEvent> {
  const { url, publishable_key, token, message, time_zone, signal } = request;
  const client = createAgentClient({ url, publishable_key, token: () => token });
  const run = await client.startRun({ message, time_zone }, { signal });
  yield* run.events();
}
