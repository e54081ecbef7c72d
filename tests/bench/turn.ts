// One turn through the system, as a front end sends it, with the moment of every event.
import { RunEvent } from "../../shared/contracts/events.ts";
import type { Person } from "../support/stack/person.ts";
import { type Frame, frames } from "./stream.ts";

export interface TimedEvent {
  /** Milliseconds since the request was sent. */
  at: number;
  event: RunEvent;
}

export interface Turn {
  events: TimedEvent[];
  /** Milliseconds until the stream had ended. */
  end_ms: number;
}

/** Where to send a turn: the stack's gateway, or another one in front of the same database. */
export interface Endpoint {
  url: string;
  publishable_key: string;
}

/** Sends a message, in a new session where none is given, and reads the stream to its end. Errors: a run that does not
 * complete. */
export async function takeTurn(
  endpoint: Endpoint,
  person: Person,
  message: string,
  session_id?: string,
): Promise<Turn> {
  const body = JSON.stringify({ message, session_id });
  const started = performance.now();
  const response = await fetch(`${endpoint.url}/functions/v1/agent-planner`, {
    method: "POST",
    headers: {
      apikey: endpoint.publishable_key,
      "content-type": "application/json",
      authorization: `Bearer ${person.token}`,
    },
    body,
  });
  const received: Frame[] = [];
  for await (const frame of frames(response)) received.push(frame);
  const end_ms = performance.now() - started;
  // Parsed afterwards, so that it takes no part in what is measured.
  const events = received.map(({ at, data }) => ({
    at: at - started,
    event: RunEvent.parse(JSON.parse(data)),
  }));
  const last = events.at(-1)?.event;
  if (last?.type !== "done" || last.status !== "completed") {
    throw new Error(`A turn of the benchmark did not complete: ${JSON.stringify(last)}`);
  }
  return { events, end_ms };
}

/** When the first, or the last, event of a type came. */
export function timeOf(turn: Turn, which: "first" | "last", type: RunEvent["type"]): number {
  const is = ({ event }: TimedEvent) => event.type === type;
  const found = which === "first" ? turn.events.find(is) : turn.events.findLast(is);
  if (!found) throw new Error(`A turn of the benchmark has no ${type} event.`);
  return found.at;
}
