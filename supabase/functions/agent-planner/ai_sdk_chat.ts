// `POST /ai-sdk`: a message, or answers to requests for approval.
import type { Hono } from "hono";
import { z } from "zod";
import { type Answered, answersOf, carriedOut, type ClientAnswers } from "../../../shared/client_answers.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";
import { methodNotAllowed } from "../../../shared/http/app.ts";
import { parseBody, parseInput, parseQuery } from "../../../shared/http/parse.ts";
import { upTo } from "../../../shared/http/segments.ts";
import { sha256 } from "../../../shared/http/sha256.ts";
import { ChunkSet } from "../../../shared/protocols/ai_sdk/ai_sdk_chunk.ts";
import {
  AiSdkRequest,
  aiSdkRequestKey,
  type AiSdkTurn,
} from "../../../shared/protocols/ai_sdk/ai_sdk_request.ts";
import { stillWaiting } from "../../../shared/protocols/ai_sdk/still_waiting.ts";
import { turnInput } from "../../../shared/protocols/client_turn.ts";
import { behind, STREAM_START } from "../../../shared/protocols/cursor.ts";
import { sendAiSdk, sendAiSdkFrames } from "./ai_sdk_stream.ts";
import { boundHistory } from "./history_body.ts";
import { type Asked, type Serving, streaming } from "./serving.ts";

const Query = z.strictObject({ set: ChunkSet.default("6") });

interface Asking extends Asked {
  set: ChunkSet;
  serving: Serving;
  onEnd(): void;
}

export function addAiSdkChat(routes: Hono, serving: Serving): void {
  routes.post("/", async (context) => {
    const caller = await serving.byPerson(context.req.raw);
    const { user_id } = caller;
    const { set } = parseQuery(context.req.query(), Query);
    await boundHistory(context);
    const request = await parseBody(context.req.raw, AiSdkRequest);
    return await streaming(serving, user_id, async (onEnd) => {
      const asking = { ...serving.forCaller(caller), context, user_id, set, serving, onEnd };
      if (request.kind === "turn") return await startTurn(request, asking);
      const answers = await answersOf(request.decisions, asking);
      if (answers === null) throw new AgentError("not_found", "There is no such tool call.");
      return await goOn({ ...answers, ...await carriedOut(answers, asking) }, asking);
    });
  });
  routes.all("/", methodNotAllowed("POST"));
}

async function startTurn(turn: AiSdkTurn, asking: Asking): Promise<Response> {
  const { context, user_id, set, runs, serving, onEnd } = asking;
  const request_key = await aiSdkRequestKey(turn, sha256);
  const { stream: _stream, ...request } = parseInput(
    turnInput(turn.chat_id, turn, request_key),
    serving.chat_request,
  );
  await serving.deliveries.noted(user_id);
  const run = await runs.start(request);
  const { run_id } = run;
  const events = run.stream(context.req.raw.signal);
  // A message with a key of its own is the same run for ever.
  const onDelivered = async () => {
    if (request_key === null) await serving.deliver(user_id, runs, run_id);
  };
  return sendAiSdk(context, { run_id, events, set, after: STREAM_START }, { onEnd, onDelivered }, serving);
}

/** What comes of decisions: the run as it goes on, or the pause with what waits still. */
async function goOn(
  { run, open, after: pause, going }: ClientAnswers & Answered,
  { context, user_id, set, runs, serving, onEnd }: Asking,
): Promise<Response> {
  const { run_id, last } = run;
  const { signal } = context.req.raw;
  const reader = { onEnd, onDelivered: () => serving.deliver(user_id, runs, run_id) };
  if (going === null && pause === last) {
    const log = await Array.fromAsync(upTo(last, await runs.follow(run_id, 0, signal)));
    const after = behind(last - 1);
    return sendAiSdkFrames(context, { run_id, frames: stillWaiting(log, open, set), after }, reader, serving);
  }
  const events = going?.stream(signal) ?? await runs.follow(run_id, 0, signal);
  return sendAiSdk(context, { run_id, events, set, after: behind(pause) }, reader, serving);
}
