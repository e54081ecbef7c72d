// What the tests of the model boundary share: a request, settings with short waits, frames as hosts send
// them, and a run of one turn against a scripted host.
import type { Clock } from "../../shared/async/clock.ts";
import type { ModelEvent, ModelMessage, ModelRequest } from "../../shared/contracts/model.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { ModelSettings } from "../../shared/llm/config.ts";
import { createModel } from "../../shared/llm/create_model.ts";
import { modelRow } from "../../shared/llm/model_table.ts";
import { startWireServer } from "../support/wire/wire_server.ts";
import type { WireRequest, WireTurn } from "../support/wire/wire_server.ts";

export const CLOCK: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

export function request(changes: Partial<ModelRequest> = {}): ModelRequest {
  const messages: ModelMessage[] = [
    { role: "system", content: "You help." },
    { role: "user", content: "Show me my tasks" },
  ];
  const tools = [{
    name: "get_tasks",
    description: "Tasks.",
    parameters: { type: "object", properties: {} },
  }];
  return { profile: "balanced", messages, tools, max_output_tokens: 500, user: "pseudonym", ...changes };
}

/** Settings for a scripted host; the waits are short because tests wait for them. */
export function settings(url: string, changes: Partial<ModelSettings> = {}): ModelSettings {
  return {
    base_url: url,
    api_key: "sk-wire-test",
    models: { balanced: [modelRow("first", [])], speed: [modelRow("quick", [])] },
    timeouts: { first_frame_ms: 2_000, idle_ms: 2_000, overall_ms: 10_000 },
    retry: { base_ms: 2, max_ms: 10 },
    breaker: { failures: 100, open_ms: 1_000 },
    ...changes,
  };
}

export interface LogEntry {
  message: string;
  details: Record<string, unknown>;
}

export interface TurnRun {
  events: ModelEvent[];
  terminal: ModelEvent;
  /** The text deltas that stand, joined. */
  shown: string;
  requests: WireRequest[];
  log: LogEntry[];
}

export interface TurnOptions {
  request?: ModelRequest;
  settings?: Partial<ModelSettings>;
  fetch?: typeof fetch;
  clock?: Clock;
  /** Aborts the turn as soon as this event has come. */
  abortAt?: (event: ModelEvent) => boolean;
  signal?: AbortSignal;
}

/** Runs one turn against a host that plays `turns`, and checks that the script was followed. */
export async function runTurn(turns: WireTurn[], options: TurnOptions = {}): Promise<TurnRun> {
  const server = startWireServer(turns);
  try {
    const run = await collect(server.url, options);
    return { ...run, requests: server.requests };
  } finally {
    await server.close();
  }
}

/** Runs one turn and gathers everything it gives. */
export async function collect(url: string, options: TurnOptions): Promise<Omit<TurnRun, "requests">> {
  const controller = new AbortController();
  const log: LogEntry[] = [];
  const model = createModel({ state: "ready", ...settings(url, options.settings) }, {
    fetch: options.fetch ?? fetch,
    clock: options.clock ?? CLOCK,
    log: { error: (message, details) => void log.push({ message, details }) },
    random: () => 0.5,
  });
  const events: ModelEvent[] = [];
  const signal = options.signal ?? controller.signal;
  for await (const event of model.streamTurn(options.request ?? request(), { signal })) {
    events.push(event);
    if (options.abortAt?.(event)) controller.abort();
  }
  const terminal = events.at(-1);
  if (!terminal) throw new Error("the stream ended without an event");
  const stands = events.slice(events.findLastIndex(({ type }) => type === "text_withdrawn") + 1);
  const shown = stands.map((event) => event.type === "text_delta" ? event.text : "").join("");
  return { events, terminal, shown, log };
}

/** One SSE data frame. */
export function frame(data: Json): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export const DONE = "data: [DONE]\n\n";

/** A frame with one choice. */
export function delta(fields: { [key: string]: Json }, finish_reason: string | null = null): string {
  return frame({
    id: "gen-1",
    object: "chat.completion.chunk",
    model: "served-model",
    choices: [{ index: 0, delta: fields, finish_reason }],
  });
}

export function text(content: string): string {
  return delta({ content });
}

/** A frame with one piece of a tool call. */
export function piece(fields: { [key: string]: Json }): string {
  return delta({ tool_calls: [fields] });
}

export function finish(reason: string | null): string {
  return delta({}, reason);
}

/** A frame with usage only, as OpenAI sends it. */
export function usage(fields: { [key: string]: Json }): string {
  return frame({
    id: "gen-1",
    object: "chat.completion.chunk",
    model: "served-model",
    choices: [],
    usage: fields,
  });
}

export const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

/** A turn whose body is these frames, in one write. */
export function stream(...frames: string[]): WireTurn {
  return { body: [{ send: frames.join("") }] };
}

/** An answer that is no stream. */
export function answer(status: number, body: Json | string, headers: Record<string, string> = {}): WireTurn {
  const content = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: { "content-type": "application/json", ...headers }, body: [{ send: content }] };
}
