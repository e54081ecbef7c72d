// The demo model as a web server: OpenAI's chat completions over a brain that is handed in, and scripts for tests.
import { Hono } from "hono";
import { z } from "zod";
import { callId, MODEL_ID, type Pace, type Reply } from "./reply.ts";
import { CompletionRequest, textOf } from "./request.ts";
import type { Script, ScriptedTurn } from "./script.ts";
import { scriptRoutes } from "./script_routes.ts";
import { replyStream, waitForReply } from "./stream.ts";
import { UsageMeter, type WireUsage } from "./usage.ts";
import { completion, type ReplyHead } from "./wire.ts";

const HEADERS = { "x-demo-model": "rule-based, not an LLM" };
const RawBody = z.record(z.string(), z.json());

export interface Question {
  messages: CompletionRequest["messages"];
  tools: CompletionRequest["tools"][number]["function"][];
}

/** What answers the requests for which there is no script. */
export type Brain = (question: Question) => {
  text: string;
  calls: { name: string; arguments: Record<string, unknown> }[];
};

/**
 * The app; `pace` is the speed of every answer that a script does not slow down or hurry. Without a brain it
 * refuses whatever is not scripted.
 */
export function modelApp(pace: Pace, brain: Brain | null): Hono {
  const scripts = new Map<string, Script>();
  const meter = new UsageMeter();
  const app = new Hono();

  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  });

  app.get("/health", (c) => c.json({ status: "ok", model: MODEL_ID, llm: false }));

  app.get("/v1/models", (c) =>
    c.json({
      object: "list",
      data: [{ id: MODEL_ID, object: "model", created: 0, owned_by: "local demo, not an LLM" }],
    }));

  app.post("/v1/chat/completions", async (c) => {
    const raw = RawBody.safeParse(await c.req.json().catch(() => undefined));
    const request = CompletionRequest.safeParse(raw.data);
    if (!raw.success || !request.success) {
      const problem = request.success ? "the body is not a JSON object" : z.prettifyError(request.error);
      return c.json({ error: { message: problem, type: "invalid_request_error", code: 400 } }, 400);
    }
    const script = scripts.get(request.data.user ?? "");
    if (script === undefined && brain) {
      return answer(request.data, plainReply(brain, request.data), pace);
    }
    const turn = script?.take(request.data, raw.data);
    if (script === undefined || turn === undefined) {
      const message = "No unused turn of this user's script matches the request.";
      return c.json({ error: { message, type: "unexpected_request", code: 500 } }, 500);
    }
    if (turn.hold !== undefined) await script.gate(turn.hold).pass();
    if ("error" in turn) return errorAnswer(turn.error);
    return answer(request.data, scriptedReply(turn, request.data), {
      first_token_ms: turn.first_token_ms ?? pace.first_token_ms,
      tokens_per_second: turn.tokens_per_second ?? pace.tokens_per_second,
    }, turn.usage);
  });

  app.route("/_script", scriptRoutes(scripts));

  async function answer(
    request: CompletionRequest,
    reply: Reply,
    speed: Pace,
    reported: Record<string, unknown> = {},
  ): Promise<Response> {
    const head: ReplyHead = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000) };
    const usage: WireUsage = { ...meter.measure(request, reply), ...reported };
    if (request.stream === true) {
      return new Response(replyStream(head, reply, usage, speed), {
        headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
      });
    }
    await waitForReply(reply, speed);
    return Response.json(completion(head, reply, usage));
  }

  return app;
}

function plainReply(think: Brain, request: CompletionRequest): Reply {
  const thought = think({
    messages: request.messages,
    tools: request.tools.map((tool) => tool.function),
  });
  const tool_calls = thought.calls.map((call) => ({
    id: callId(),
    name: call.name,
    arguments: JSON.stringify(call.arguments),
  }));
  return {
    text: thought.text,
    reasoning: "",
    tool_calls,
    finish_reason: tool_calls.length > 0 ? "tool_calls" : "stop",
    model: MODEL_ID,
  };
}

function scriptedReply(turn: Exclude<ScriptedTurn, { error: unknown }>, request: CompletionRequest): Reply {
  const tool_calls = (turn.tool_calls ?? []).map((call) => ({
    id: call.id ?? callId(),
    name: call.name,
    arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
  }));
  return {
    text: turn.quotes === undefined ? turn.text ?? "" : quoted(turn.quotes, request),
    reasoning: turn.reasoning ?? "",
    tool_calls,
    finish_reason: turn.finish_reason ?? (tool_calls.length > 0 ? "tool_calls" : "stop"),
    model: turn.model ?? MODEL_ID,
  };
}

function quoted(expression: string, { messages }: CompletionRequest): string {
  const found = textOf(messages).matchAll(new RegExp(expression, "g"));
  return [...new Set(Array.from(found, ([text]) => text))].join("\n");
}

function errorAnswer(error: Extract<ScriptedTurn, { error: unknown }>["error"]): Response {
  const [body, type] = typeof error.body === "string"
    ? [error.body, "text/plain"]
    : [JSON.stringify(error.body), "application/json"];
  return new Response(body, {
    status: error.status,
    headers: { "content-type": error.content_type ?? type, ...error.headers },
  });
}
