// The CPU that reading a model's answer costs on our side: from bytes to events, without a socket and without a stack.
import type { Model } from "../../shared/agents/ports.ts";
import type { ModelEvent, ModelRequest } from "../../shared/contracts/model.ts";
import { createModel } from "../../shared/llm/create_model.ts";
import { modelRow } from "../../shared/llm/model_table.ts";
import { cpuOf } from "./cpu_time.ts";
import type { FigureGroup } from "./report.ts";
import { ms } from "./stats.ts";

/** Data frames of an answer, each in a chunk of its own, as a host writes them. */
const FRAMES = 4_000;
const ROUNDS = 9;

type Delta = Record<string, unknown>;

export interface Shape {
  name: string;
  first: Delta;
  delta(at: number): Delta;
  last: Delta;
  finish_reason: "stop" | "tool_calls";
}

const WORDS = [
  "The",
  " next",
  " task",
  " is",
  " due",
  " on",
  " Friday",
  ",",
  " so",
  " it",
  " comes",
  " first",
  ".",
];
const word = (at: number): string => WORDS[at % WORDS.length] ?? "";
const call = (fields: Delta): Delta => ({ tool_calls: [{ index: 0, ...fields }] });

export const SHAPES: readonly Shape[] = [
  {
    name: "text",
    first: { role: "assistant", content: "" },
    delta: (at) => ({ content: word(at) }),
    last: {},
    finish_reason: "stop",
  },
  {
    name: "reasoning",
    first: { role: "assistant", content: null, reasoning_content: "" },
    delta: (at) => ({ content: null, reasoning_content: word(at) }),
    last: { content: "Yes." },
    finish_reason: "stop",
  },
  {
    name: "tool arguments",
    first: call({ id: "call_1", type: "function", function: { name: "note", arguments: '{"text":"' } }),
    delta: (at) => call({ function: { arguments: word(at) } }),
    last: call({ function: { arguments: '"}' } }),
    finish_reason: "tool_calls",
  },
];

/** The answer of one shape, a data frame a chunk. */
export function chunksOf({ first, delta, last, finish_reason }: Shape, frames: number): Uint8Array[] {
  const encoder = new TextEncoder();
  const chunk = (fields: Delta) =>
    encoder.encode(`data: ${
      JSON.stringify({
        id: "gen-1732233600-Yc0bK3dQeW",
        provider: "A host",
        model: "a-model",
        object: "chat.completion.chunk",
        created: 1_732_233_600,
        ...fields,
      })
    }\n\n`);
  const choice = (fields: Delta, finish_reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: fields, finish_reason, logprobs: null }] });
  return [
    choice(first),
    ...Array.from({ length: frames }, (_, at) => choice(delta(at))),
    choice(last),
    choice({}, finish_reason),
    chunk({
      choices: [],
      usage: { prompt_tokens: 100, completion_tokens: frames, total_tokens: frames + 100 },
    }),
    encoder.encode("data: [DONE]\n\n"),
  ];
}

/** A fetch that answers with these chunks. */
export function answering(chunks: readonly Uint8Array[]): typeof fetch {
  return () => {
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks[at];
        at += 1;
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    });
    return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
  };
}

const REQUEST: ModelRequest = {
  profile: "balanced",
  messages: [{ role: "user", content: "Tell me everything." }],
  tools: [{ name: "note", description: "Notes.", parameters: { type: "object", properties: {} } }],
  max_output_tokens: 8_000,
  user: "pseudonym",
};

function modelOf(host: typeof fetch): Model {
  return createModel({
    state: "ready",
    base_url: "http://host/v1",
    api_key: "key",
    models: { balanced: [modelRow("a-model", [])], speed: [] },
    timeouts: { first_frame_ms: 30_000, idle_ms: 20_000, overall_ms: 90_000 },
    retry: { base_ms: 1, max_ms: 1 },
    breaker: { failures: 100, open_ms: 1 },
  }, {
    fetch: host,
    clock: {
      now: () => Date.now(),
      after(after_ms, fn) {
        const timer = setTimeout(fn, after_ms);
        return () => clearTimeout(timer);
      },
    },
    log: { error: (message) => console.error(message) },
    random: Math.random,
  });
}

/** Reads one answer as the agents do. Errors: a turn that did not finish. */
async function readTurn(chunks: readonly Uint8Array[]): Promise<void> {
  let last: ModelEvent | null = null;
  const { signal } = new AbortController();
  for await (const event of modelOf(answering(chunks)).streamTurn(REQUEST, { signal })) last = event;
  if (last?.type !== "finished") throw new Error(`The turn did not finish: ${JSON.stringify(last)}`);
}

async function readBare(chunks: readonly Uint8Array[]): Promise<void> {
  const response = await answering(chunks)("http://host/v1");
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.byteLength;
  if (bytes === 0) throw new Error("The answer was empty.");
}

/** The least that a round took, in milliseconds of CPU for 1,000 chunks: what is above it is other work of the machine. */
async function leastCpu(read: () => Promise<void>, frames: number): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await cpuOf(Deno.pid);
    await read();
    rounds.push((await cpuOf(Deno.pid) - before) / (frames / 1_000));
  }
  return Math.min(...rounds);
}

/** Every shape, beside a bare `fetch` that reads the same bytes and does nothing with them. */
export async function readingCpu(): Promise<FigureGroup[]> {
  const figures = [];
  for (const shape of SHAPES) {
    const chunks = chunksOf(shape, FRAMES);
    const before = await cpuOf(Deno.pid);
    await readTurn(chunks);
    const first = (await cpuOf(Deno.pid) - before) / (chunks.length / 1_000);
    const bare = await leastCpu(() => readBare(chunks), chunks.length);
    const ours = await leastCpu(() => readTurn(chunks), chunks.length) - bare;
    figures.push({
      what: `1,000 chunks of ${shape.name}`,
      result: ms(ours),
      aim: "50 ms",
      detail: `a bare fetch of the same bytes takes ${ms(bare)}; ${ms(first)} the first time in a process`,
    });
  }
  return [{ title: "CPU of reading a model's answer, beyond a bare fetch, a token a chunk", figures }];
}
