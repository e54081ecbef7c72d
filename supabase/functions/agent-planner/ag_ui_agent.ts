// `POST /ag-ui`: a run of the client's, for a message or for answers to interrupts.
import type { Context, Hono } from "hono";
import { z } from "zod";
import {
  answersOf,
  assertCovered,
  carriedOut,
  type ClientAnswers,
  onOpenCalls,
} from "../../../shared/client_answers.ts";
import { AgentError, toAgentError } from "../../../shared/contracts/errors.ts";
import { methodNotAllowed } from "../../../shared/http/app.ts";
import { toldError } from "../../../shared/http/error_answer.ts";
import { NoQuery, parseBody, parseInput, parseQuery } from "../../../shared/http/parse.ts";
import { agUiErrorStream } from "../../../shared/protocols/ag_ui/ag_ui_error.ts";
import {
  type AgUiDecisions,
  AgUiRequest,
  type AgUiTurn,
} from "../../../shared/protocols/ag_ui/ag_ui_request.ts";
import type { ClientIds } from "../../../shared/protocols/ag_ui/client_ids.ts";
import { turnInput } from "../../../shared/protocols/client_turn.ts";
import { behind } from "../../../shared/protocols/cursor.ts";
import { beforeNewestSegment } from "../../../shared/protocols/projection.ts";
import { sendAgUi } from "./ag_ui_stream.ts";
import { boundHistory, boundUnknown } from "./history_body.ts";
import { type Asked, type Serving, streaming } from "./serving.ts";

const NO_AGENT = "What you decided is kept, and waits for the agent's own token, which did not come along.";

interface Asking extends Asked {
  serving: Serving;
  onEnd(): void;
}

export function addAgUiAgent(routes: Hono, serving: Serving): void {
  routes.post("/", async (context) => {
    let ids: ClientIds | null = null;
    try {
      const caller = await serving.byPerson(context.req.raw);
      const { user_id } = caller;
      parseQuery(context.req.query(), NoQuery);
      await boundHistory(context);
      const request = await parseBody(context.req.raw, AgUiRequest);
      ids = request;
      return await streaming(serving, user_id, async (onEnd) => {
        const asking = { ...serving.forCaller(caller), context, user_id, serving, onEnd };
        return request.kind === "turn" ? await startTurn(request, asking) : await answer(request, asking);
      });
    } catch (thrown) {
      return answerAsRun(thrown, ids ?? await idsIn(context), context, serving);
    }
  });
  routes.all("/", methodNotAllowed("POST"));
}

async function startTurn(turn: AgUiTurn, asking: Asking): Promise<Response> {
  const { context, user_id, runs, chats, serving, onEnd } = asking;
  const input = parseInput(turnInput(turn.thread_id, turn, turn.request_key), serving.chat_request);
  const { stream: _stream, ...request } = input;
  await serving.deliveries.noted(user_id);
  const started = await runs.start(request);
  const run = await chats.run(started.run_id);
  const events = started.stream(context.req.raw.signal);
  // Its key is its own: it is the same run for ever.
  const reader = { onEnd, onDelivered: () => Promise.resolve() };
  const after = beforeNewestSegment(run);
  return sendAgUi(context, { run, events, after, held: turn.held }, reader, serving);
}

async function answer({ decisions, turn, held }: AgUiDecisions, asking: Asking): Promise<Response> {
  const { context, user_id, runs, serving, onEnd } = asking;
  const answers = await answersOf(decisions, asking);
  if (turn !== null && isMeant(turn, answers)) return await startTurn(turn, asking);
  if (answers === null) throw new AgentError("not_found", "There is no such interrupt.");
  assertCovered(answers);
  const { open, after, going } = await carriedOut(answers, asking);
  const { run } = answers;
  const { run_id } = run;
  if (going === null && open.length === 0) {
    throw new AgentError("conflict", NO_AGENT, { details: { run_id } });
  }
  const { signal } = context.req.raw;
  // Something else waits by now: these answers were given before, and what came of them is told again.
  const events = going?.stream(signal) ?? await runs.follow(run_id, 0, signal);
  const reader = { onEnd, onDelivered: () => serving.deliver(user_id, runs, run_id) };
  return sendAgUi(context, { run, events, after: behind(after), held }, reader, serving);
}

/**
 * What the user says besides their answers is what they want, unless they allow something that is open: they decline
 * all, or nothing that they answer waits any more, because the client keeps interrupts whose run has failed, and sends
 * them with the next message. What they have said before they were asked is nothing new.
 */
function isMeant({ message }: AgUiTurn, answers: ClientAnswers | null): boolean {
  if (answers === null) return true;
  return answers.run.message !== message && onOpenCalls(answers).every(({ approved }) => !approved);
}

/** A failure is a run that fails at once, because its sentence is what the client shows. */
function answerAsRun(thrown: unknown, ids: ClientIds | null, context: Context, { log }: Serving): Response {
  const text = ids && agUiErrorStream(toAgentError(thrown), ids);
  if (text === null) throw thrown;
  const { error, request_id } = toldError(thrown, context, log);
  const { retry_after } = error.details;
  // No x-run-id: a reader that reconnects would go on with that run.
  return context.body(text, 200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    "x-error-kind": error.kind,
    "x-request-id": request_id,
    ...(retry_after && { "retry-after": retry_after }),
  });
}

const Named = z.object({ threadId: z.string(), runId: z.string() })
  .transform(({ threadId, runId }): ClientIds => ({ thread_id: threadId, run_id: runId }));

/** The ids in a body that was not read yet, and whose sender may be anybody. */
async function idsIn(context: Context): Promise<ClientIds | null> {
  if (context.req.raw.bodyUsed) return null;
  try {
    await boundUnknown(context);
    return Named.parse(await context.req.raw.json());
  } catch {
    return null;
  }
}
