// One call of a model by the boundary that the functions use, and what came of it, the bytes included.
import { z } from "zod";
import type { Clock } from "../../shared/async/clock.ts";
import type { ModelRequest } from "../../shared/contracts/model.ts";
import { type AttemptEnd, streamAttempt } from "../../shared/llm/attempt.ts";
import { callIds } from "../../shared/llm/calls/call_ids.ts";
import type { ModelSettings } from "../../shared/llm/config.ts";
import { createHostClient } from "../../shared/llm/host_client.ts";
import type { ModelRow } from "../../shared/llm/model_table.ts";

export interface Line {
  settings: ModelSettings;
  fetch: typeof fetch;
  clock: Clock;
  /** From 0 up to 1. */
  random(): number;
  signal: AbortSignal;
}

export interface Heard {
  end: AttemptEnd;
  /** Whether it thought, in whatever way. */
  thought: boolean;
  /** Milliseconds to the first data frame; comments that keep a connection open don't count. */
  first_frame_ms: number | null;
  total_ms: number;
  /** What came as the content of the answer, before anything was taken out of it. */
  raw: string;
  /** The answer's body as it came. */
  body: string;
}

/** More than the answer to any of our calls has. */
const BODY_CHARACTERS = 400_000;

const Frame = z.object({
  choices: z.array(z.object({
    delta: z.object({ content: z.string() }),
  })).min(1),
});

/** Makes one call. It never throws; a refusal is an end like another. */
export async function listen(request: ModelRequest, row: ModelRow, line: Line): Promise<Heard> {
  const { settings, clock, signal } = line;
  const started = clock.now();
  let first_frame_ms: number | null = null;
  let body = "";
  const tap = tapped(line.fetch, (text) => {
    if (body.length < BODY_CHARACTERS) body += text;
    if (first_frame_ms === null && /^data:/m.test(body)) first_frame_ms = clock.now() - started;
  });
  const attempt = streamAttempt({
    ...{ request, row, settings, signal, clock },
    client: createHostClient(settings, tap),
    deadline_at: started + settings.timeouts.overall_ms,
    ids: callIds(request.messages, line.random),
  });
  let thought = false;
  let next = await attempt.next();
  for (; !next.done; next = await attempt.next()) thought ||= next.value.type === "reasoning_delta";
  const end = next.value;
  return { end, thought, first_frame_ms, total_ms: clock.now() - started, raw: contentOf(body), body };
}

/** A fetch that shows every piece of a body to `see`. */
function tapped(inner: typeof fetch, see: (text: string) => void): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    if (!response.body) return response;
    const decoder = new TextDecoder();
    const tap = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        see(decoder.decode(bytes, { stream: true }));
        controller.enqueue(bytes);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(tap), { status, statusText, headers });
  };
}

/** The deltas' content, joined; what can't be read is not what this is for. */
function contentOf(body: string): string {
  return body.split(/\r?\n/).filter((line) => line.startsWith("data:")).map((line) => {
    try {
      return Frame.parse(JSON.parse(line.slice(5))).choices[0]?.delta.content ?? "";
    } catch {
      return "";
    }
  }).join("");
}
