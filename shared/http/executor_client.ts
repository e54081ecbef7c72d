// How the planner calls an executor: `functions.invoke` with the caller's own token, and the step's events read
// from the stream that comes back. The body names the step; the task is read from the database.
import { FunctionsHttpError } from "@supabase/supabase-js";
import { createParser } from "eventsource-parser";
import { z } from "zod";
import type { StepInvoker } from "../agents/ports.ts";
import { AgentError, ErrorKindSchema, RUN_BUDGET, RunBudgetError } from "../contracts/errors.ts";
import { StepEvent } from "../contracts/events.ts";
import type { EngineClient } from "../db/clients.ts";

const ErrorBody = z.object({
  error: z.object({ kind: ErrorKindSchema, message: z.string(), limit: z.string().optional() }),
});

/** Errors: the executor's own, such as `conflict`; `internal` when it can't be reached. */
export function createStepInvoker(client: EngineClient): StepInvoker {
  return async function* (step, { signal }) {
    const { data, error } = await client.functions.invoke("agent-executor", { body: step, signal });
    if (error) throw await invokeError(error);
    if (!(data instanceof Response) || data.body === null) throw unreachable(data);
    try {
      yield* eventsIn(data.body);
    } catch (cause) {
      throw new AgentError("internal", "The connection to the executor broke.", { retryable: true, cause });
    }
  };
}

/** The events of a stream. Read here and not by streams in between: each of those costs as much as the events themselves. */
async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<StepEvent> {
  const decoder = new TextDecoder();
  const came: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void came.push(data) });
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    for (const data of came.splice(0)) yield StepEvent.parse(JSON.parse(data));
  }
}

async function invokeError(error: unknown): Promise<AgentError> {
  if (!(error instanceof FunctionsHttpError) || !(error.context instanceof Response)) {
    return unreachable(error);
  }
  const body = ErrorBody.safeParse(await error.context.json().catch(() => null));
  if (!body.success) return unreachable(error);
  const { kind, message, limit } = body.data.error;
  return limit === RUN_BUDGET
    ? new RunBudgetError(message, error)
    : new AgentError(kind, message, { cause: error });
}

function unreachable(cause: unknown): AgentError {
  return new AgentError("internal", "The executor can't be reached.", { retryable: true, cause });
}
