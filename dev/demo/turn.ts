// One turn of a chat over HTTP, as a front end would do it: post the message, read the events as they come.
import { EventSourceParserStream } from "eventsource-parser/stream";
import { z } from "zod";
import { RunEvent } from "../../shared/contracts/events.ts";

export interface TurnRequest {
  url: string;
  publishable_key: string;
  token: string;
  message: string;
  time_zone: string;
  signal: AbortSignal;
}

const Refusal = z.object({ error: z.object({ kind: z.string(), message: z.string() }) });
const Type = z.object({ type: z.string() });

/** The events of the turn. Throws with the server's own sentence when it refuses the request. */
export async function* turnEvents(request: TurnRequest): AsyncGenerator<RunEvent> {
  const answer = await fetch(`${request.url}/functions/v1/agent-planner`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${request.token}`,
      apikey: request.publishable_key,
      "content-type": "application/json",
    },
    body: JSON.stringify({ message: request.message, time_zone: request.time_zone }),
    signal: request.signal,
  });
  if (!answer.ok || answer.body === null) {
    const text = await answer.text();
    const refusal = Refusal.safeParse(parsed(text));
    throw new Error(
      refusal.data?.error.message ?? `agent-planner answered ${answer.status}: ${text.slice(0, 300)}`,
    );
  }
  const frames = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of frames) {
    const value = parsed(data);
    if (KNOWN.has(Type.parse(value).type)) yield RunEvent.parse(value);
  }
}

/** The contract asks clients to pass over types that they do not know. */
const KNOWN: ReadonlySet<string> = new Set(RunEvent.options.map((option) => option.shape.type.value));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
