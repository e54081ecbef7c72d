// The scripted model, a process of its own: the same words at the same pace for every system. It speaks
// OpenAI-compatible chat completions, and to the bench:
//
//   POST /reset { first_token_ms, tokens_per_second }   forgets what was asked, and sets the pace
//   GET  /asked                                         what was asked since then
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type ChatRequest, promptCharacters } from "./chat_request.ts";
import { slotsOf, wholeMessage } from "./chunks.ts";
import type { Pace } from "./job.ts";
import { replyTo } from "./script.ts";

let pace: Pace = { first_token_ms: 0, tokens_per_second: 0 };
let asked: { phase: string; prompt_characters: number }[] = [];
let requests = 0;
let at_once = 0;
let most_at_once = 0;

async function complete(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const arrived = performance.now();
  const body: ChatRequest = JSON.parse(await bodyOf(request));
  const reply = replyTo(body);
  const number = requests += 1;
  const prompt_characters = promptCharacters(body);
  asked.push({ phase: reply.phase, prompt_characters });
  most_at_once = Math.max(most_at_once, at_once += 1);
  response.on("close", () => at_once -= 1);

  const slots = slotsOf(reply, number);
  const { first_token_ms, tokens_per_second } = pace;
  const dueAt = (slot: number) =>
    arrived + first_token_ms + (tokens_per_second > 0 ? slot * 1000 / tokens_per_second : 0);
  const prompt_tokens = Math.ceil(prompt_characters / 4);
  const head = { id: `chatcmpl-${number}`, created: Math.floor(Date.now() / 1000), model: body.model };
  const finish_reason = reply.type === "text" ? "stop" : "tool_calls";
  const usage = {
    prompt_tokens,
    completion_tokens: slots.length,
    total_tokens: prompt_tokens + slots.length,
  };
  if (!body.stream) {
    await until(dueAt(slots.length - 1));
    const choices = [{ index: 0, message: wholeMessage(reply, number), finish_reason, logprobs: null }];
    return sendJson(response, { ...head, object: "chat.completion", choices, usage });
  }
  const opening = JSON.stringify({ ...head, object: "chat.completion.chunk" }).slice(0, -1);
  const write = (rest: string) => response.write(`data: ${opening},${rest}}\n\n`);
  const chunk = (delta: unknown, finish: string | null = null) =>
    write(
      `"choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${
        JSON.stringify(finish)
      }}]`,
    );
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  response.flushHeaders();
  for (let sent = 0; sent < slots.length && !response.destroyed;) {
    await until(dueAt(sent));
    const now = performance.now();
    if (sent === 0) chunk({ role: "assistant", content: reply.type === "text" ? "" : null });
    for (; sent < slots.length && dueAt(sent) <= now + 0.5; sent += 1) {
      for (const delta of slots[sent] ?? []) chunk(delta);
    }
  }
  chunk({}, finish_reason);
  if (body.stream_options?.include_usage) write(`"choices":[],"usage":${JSON.stringify(usage)}`);
  response.end("data: [DONE]\n\n");
}

async function until(due: number): Promise<void> {
  const left = due - performance.now();
  if (left > 0) await setTimeout(left);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  return body;
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case "POST /v1/chat/completions":
      return await complete(request, response);
    case "POST /reset":
      pace = JSON.parse(await bodyOf(request));
      asked = [];
      most_at_once = at_once;
      return sendJson(response, pace);
    case "GET /asked":
      return sendJson(response, { asked, most_at_once });
    default:
      return sendJson(response, { error: { message: "There is nothing here." } }, 404);
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (response.headersSent) return response.destroy();
    sendJson(response, { error: { message: String(error), type: "invalid_request_error" } }, 400);
  });
});
server.keepAliveTimeout = 300_000;
server.requestTimeout = 0;
server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
  const address = server.address();
  if (address !== null && typeof address === "object") {
    console.log(`model at http://127.0.0.1:${address.port}`);
  }
});
