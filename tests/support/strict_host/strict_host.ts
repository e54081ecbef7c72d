// A model host that refuses by rule what real hosts refuse, in their own words, and answers everything else: with
// a call where tools are offered and none was made yet, and in words otherwise. It records every request.
import { z } from "zod";

const Message = z.looseObject({
  role: z.string(),
  content: z.unknown(),
  tool_call_id: z.string().optional(),
  tool_calls: z.array(z.looseObject({ id: z.string() })).optional(),
});

const StrictBody = z.looseObject({
  model: z.string(),
  messages: z.array(Message),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
});
export type StrictBody = z.infer<typeof StrictBody>;

/** An answer that is no stream. */
export interface Refusal {
  status: number;
  body: unknown;
}

/** Looks at a request's body and refuses it, or passes it on with null. */
export type Rule = (body: StrictBody) => Refusal | null;

export interface StrictHostOptions {
  rules?: readonly Rule[];
  /** The frames of an answer, without `[DONE]`; `answered` unless given. */
  answer?: (body: StrictBody) => unknown[];
  /** An answer waits for this. */
  before?: () => Promise<void>;
  /** What `GET /models` lists; it answers 404 unless given. */
  models?: readonly string[];
  /** The only key that it takes; any unless given. */
  key?: string;
}

export interface StrictHost extends AsyncDisposable {
  /** The base URL for LLM_BASE_URL. */
  url: string;
  /** The bodies of the completions that were asked for. */
  requests: StrictBody[];
}

/** Starts one on a free loopback port. */
export function strictHost(options: StrictHostOptions = {}): StrictHost {
  const requests: StrictBody[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (options.key !== undefined && request.headers.get("authorization") !== `Bearer ${options.key}`) {
      return refused({ status: 401, body: { error: { message: "Incorrect API key provided." } } });
    }
    if (new URL(request.url).pathname === "/v1/models") {
      if (!options.models) return refused({ status: 404, body: { detail: "Not Found" } });
      return Response.json({ object: "list", data: options.models.map((id) => ({ id, object: "model" })) });
    }
    const body = StrictBody.parse(await request.json());
    requests.push(body);
    for (const rule of options.rules ?? []) {
      const refusal = rule(body);
      if (refusal) return refused(refusal);
    }
    await options.before?.();
    const frames = [...(options.answer ?? answered)(body), "[DONE]"];
    const text = frames.map((frame) =>
      `data: ${typeof frame === "string" ? frame : JSON.stringify(frame)}\n\n`
    );
    return new Response(text.join(""), { headers: { "content-type": "text/event-stream" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/v1`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function refused({ status, body }: Refusal): Response {
  if (typeof body !== "string") return Response.json(body, { status });
  return new Response(body, { status, headers: { "content-type": "text/html" } });
}

/** Whether this request is to be answered by a call. */
export function wantsCall({ tools, tool_choice, messages }: StrictBody): boolean {
  return (tools?.length ?? 0) > 0 && tool_choice !== "none" && !messages.some(({ role }) => role === "tool");
}

/** What a plain host answers. */
export function answered(body: StrictBody): unknown[] {
  return wantsCall(body) ? called(body) : said("It is sunny.");
}

/** An answer in words, after these fields of a first delta. */
export function said(content: string, ...before: Record<string, unknown>[]): unknown[] {
  return framed([...before, { content }], "stop");
}

/** A call of the first tool, with these fields beside it and inside of it. */
export function called(
  { tools }: StrictBody,
  { before = [], inside = {} }: { before?: Record<string, unknown>[]; inside?: Record<string, unknown> } = {},
): unknown[] {
  const name = tools?.[0]?.function.name ?? "none";
  const call = {
    index: 0,
    id: "call_7f3a",
    type: "function",
    function: { name, arguments: '{"city":"Paris"}' },
    ...inside,
  };
  return framed([...before, { tool_calls: [call] }], "tool_calls");
}

function framed(deltas: readonly Record<string, unknown>[], finish_reason: string): unknown[] {
  const base = { id: "gen-1", object: "chat.completion.chunk", created: 1, model: "served-model" };
  const usage = {
    prompt_tokens: 40,
    completion_tokens: 8,
    total_tokens: 48,
    prompt_tokens_details: { cached_tokens: 12 },
  };
  return [
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason }] },
    { ...base, choices: [], usage },
  ];
}
