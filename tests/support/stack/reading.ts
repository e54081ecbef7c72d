// Ways to read a run that outlives its connections: the typed client, and what a browser's EventSource does.
import { createAgentClient } from "../../../client/mod.ts";
import { isTerminal, type RunEvent } from "../../../shared/contracts/events.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import { callFunction, eventsOf } from "./calling.ts";
import { testStack } from "./stack.ts";

interface Person {
  token: string;
}

/** The project's client in front of a gateway. */
export function clientOf({ token }: Person, url: string) {
  const { publishable_key, schema } = testStack();
  return createAgentClient({ url, publishable_key, schema, token: () => token });
}

export interface ReadRun {
  run_id: string;
  /** Every event that the client gave, over all connections. */
  events: ReadEvent[];
}

/** Starts a run and reads it to its terminal event; `onEvent` may act on the way, while the reading waits. */
export async function startAndRead(
  person: Person,
  url: string,
  onEvent: (event: ReadEvent, run_id: string) => Promise<void> | void = () => {},
): Promise<ReadRun> {
  const run = await clientOf(person, url).startRun({ message: "Go" });
  const events: ReadEvent[] = [];
  for await (const event of run.events()) {
    events.push(event);
    await onEvent(event, run.run_id);
  }
  return { run_id: run.run_id, events };
}

/** Starts a run and reads it as an EventSource would: the events of each connection, until a terminal one came. */
export async function readByConnection(person: Person, url: string): Promise<RunEvent[][]> {
  let response = await callFunction(person, "agent-planner", { body: { message: "Go" }, base: url });
  const run_id = response.headers.get("x-run-id") ?? "";
  const connections: RunEvent[][] = [];
  for (let last = 0;;) {
    const events: RunEvent[] = [];
    connections.push(events);
    for await (const event of eventsOf(response)) {
      events.push(event);
      last = event.seq;
      if (isTerminal(event)) return connections;
    }
    response = await callFunction(person, `agent-planner/runs/${run_id}/events`, {
      method: "GET",
      headers: { "last-event-id": String(last) },
      base: url,
    });
  }
}
