// Calls the planner as a front end does, over HTTP through the gateway, and reads what it streams.
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type EventType, isTerminal, RunEvent } from "../../../shared/contracts/events.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import { initialRunState, reduceRun, type RunState } from "../../../shared/contracts/run_state.ts";
import { testStack } from "./stack.ts";

interface Person {
  token: string;
}

/** POSTs to a function (or uses another method) with the user's token. */
export function callFunction(
  person: Person | null,
  path: string,
  init: {
    method?: string;
    body?: unknown;
    headers?: Record<string, string>;
    base?: string;
    signal?: AbortSignal;
  } = {},
): Promise<Response> {
  const { url, publishable_key } = testStack();
  const { method = "POST", body, headers = {}, signal } = init;
  return fetch(`${init.base ?? url}/functions/v1/${path}`, {
    method,
    signal,
    headers: {
      apikey: publishable_key,
      "content-type": "application/json",
      ...(person && { authorization: `Bearer ${person.token}` }),
      ...headers,
    },
    body: body === undefined || method === "GET"
      ? undefined
      : typeof body === "string"
      ? body
      : JSON.stringify(body),
  });
}

/** Every event of a stream, parsed. */
export async function* eventsOf(response: Response): AsyncGenerator<RunEvent> {
  if (response.status !== 200 || response.body === null) {
    throw new Error(`Expected a stream, got ${response.status}: ${await response.text()}`);
  }
  const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(
    new EventSourceParserStream(),
  );
  for await (const frame of frames) {
    const event = RunEvent.parse(JSON.parse(frame.data));
    if (frame.event !== event.type || frame.id !== String(event.seq)) {
      throw new Error(`The SSE frame ${frame.id} ${frame.event} does not match its event ${frame.data}`);
    }
    yield event;
  }
}

export interface FinishedTurn {
  events: RunEvent[];
  state: RunState;
}

/** Sends a message and reads the stream to its end. */
export async function chat(
  person: Person,
  body: { message: string; [key: string]: unknown },
  base?: string,
): Promise<FinishedTurn> {
  return await readTurn(await callFunction(person, "agent-planner", { body, base }));
}

export async function readTurn(response: Response): Promise<FinishedTurn> {
  const events: RunEvent[] = [];
  for await (const event of eventsOf(response)) events.push(event);
  const state = events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? ""));
  return { events, state };
}

/** The types in order, each run of equal ones as one. */
export function typesOf(events: readonly ReadEvent[]): EventType[] {
  return events.map((event) => event.type).filter((type, i, all) => type !== all[i - 1]);
}

/** The events of one type. */
export function eventsOfType<Event extends ReadEvent, Type extends EventType>(
  events: readonly Event[],
  type: Type,
) {
  return events.filter((event): event is Extract<Event, { type: Type }> => event.type === type);
}

/** Throws unless the stream keeps its contract: seq without gaps from 1, and one terminal event, the last. */
export function assertContract(events: readonly ReadEvent[]): void {
  events.forEach((event, i) => {
    if (event.seq !== i + 1) throw new Error(`Event ${i + 1} has seq ${event.seq}`);
    if (isTerminal(event) !== (i === events.length - 1)) {
      throw new Error(`Event ${event.seq} is ${event.type}`);
    }
  });
}
