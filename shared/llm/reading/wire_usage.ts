// What a call used, from the many names and places under which hosts report it. What a host left out is estimated from
// the texts and marked so.
import type { Json } from "../../contracts/text.ts";
import type { Usage } from "../../contracts/usage.ts";
import { type Fields, isFields } from "../wire/json_frame.ts";
import type { ModelPrice } from "../models/model_row.ts";

/** More than any call can have: a host that says so is mistaken, and Postgres would refuse it. */
const MOST_TOKENS = 10_000_000;
const MOST_USD = 10_000;

/** One report; null is what it does not tell. */
export interface WireUsage {
  input: number | null;
  /** With what was thought. */
  output: number | null;
  cached: number | null;
  reasoning: number | null;
  cost_usd: number | null;
}

/** The usage that a frame or its choice reports, wherever it stands; null where neither does. */
export function usageOfFrame(frame: Fields, choice: Fields | null): WireUsage | null {
  // Nearly every frame has none.
  const { usage } = frame;
  if (isFields(usage)) return readUsage(usage);
  // Moonshot; Groq; Gemini and proxies of it; llama.cpp.
  for (
    const place of [choice?.usage, inside(frame.x_groq, "usage"), frame.usageMetadata, frame.usage_metadata]
  ) {
    if (isFields(place)) return readUsage(place);
  }
  if (isFields(frame.timings)) return readUsage(frame.timings);
  if (isFields(frame[BEDROCK])) return readUsage(frame[BEDROCK]);
  // Ollama's own names.
  return frame.prompt_eval_count === undefined && frame.eval_count === undefined ? null : readUsage(frame);
}

const BEDROCK = "amazon-bedrock-invocationMetrics";

/** One report, under any of the names that are known; null where it holds none of them, or nothing but zeros. */
export function readUsage(field: Json | undefined): WireUsage | null {
  if (!isFields(field)) return null;
  const thought = countIn(field, ["thoughtsTokenCount"]);
  const reasoning = detailIn(field, OUTPUT_DETAILS, ["reasoning_tokens", "thinking_tokens"]) ??
    countIn(field, ["reasoning_tokens"]) ?? thought;
  const read: WireUsage = {
    input: readInput(field),
    output: readOutput(field, reasoning, thought),
    cached: detailIn(field, INPUT_DETAILS, ["cached_tokens", "cache_read_tokens"]) ?? countIn(field, CACHED),
    reasoning,
    cost_usd: readCost(field),
  };
  return read.input || read.output || read.cost_usd ? read : null;
}

// OpenAI, Gemini, Ollama, Bedrock, the AI SDK; Anthropic and llama.cpp among them for the output.
const INPUT = [
  ...["prompt_tokens", "promptTokenCount", "prompt_eval_count", "inputTokenCount", "inputTokens"],
  "promptTokens",
];
const OUTPUT = [
  ...["completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count", "predicted_n"],
  ...["outputTokenCount", "outputTokens", "completionTokens"],
];
const INPUT_DETAILS = ["prompt_tokens_details", "input_tokens_details"];
const OUTPUT_DETAILS = ["completion_tokens_details", "output_tokens_details"];
/** DeepSeek, Moonshot, Anthropic, Gemini, llama.cpp. */
const CACHED = [
  ...["prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens", "cachedContentTokenCount"],
  "cache_n",
];

/** Anthropic counts what it read from its cache and wrote to it apart; llama.cpp what it read. */
function readInput(field: Fields): number | null {
  const whole = countIn(field, INPUT);
  if (whole !== null) return whole;
  const apart = countIn(field, ["input_tokens", "prompt_n"]);
  if (apart === null) return null;
  return apart + (countIn(field, ["cache_read_input_tokens", "cache_n"]) ?? 0) +
    (countIn(field, ["cache_creation_input_tokens"]) ?? 0);
}

/** Gemini and xAI count what was thought apart from what was said: the total tells. */
function readOutput(field: Fields, reasoning: number | null, thought: number | null): number | null {
  const output = countIn(field, OUTPUT);
  if (thought !== null) return (output ?? 0) + thought;
  const input = countIn(field, INPUT);
  const total = countIn(field, ["total_tokens"]);
  if (output === null || input === null || total === null || !reasoning) return output;
  return total === input + output + reasoning ? output + reasoning : output;
}

/** In US dollars. OpenRouter, Perplexity (`cost.total_cost`), DeepInfra, xAI (ten billion ticks are a dollar). */
function readCost({ cost, total_cost, estimated_cost, cost_in_usd_ticks }: Fields): number | null {
  const dollars = [cost, inside(cost, "total_cost"), total_cost, estimated_cost].map((value) =>
    numberIn(value, MOST_USD)
  ).find((value) => value !== null);
  if (dollars !== undefined) return dollars;
  const ticks = numberIn(cost_in_usd_ticks, MOST_USD * 1e10);
  return ticks === null ? null : ticks / 1e10;
}

function inside(value: Json | undefined, name: string): Json | undefined {
  return isFields(value) ? value[name] : undefined;
}

function detailIn(field: Fields, places: readonly string[], names: readonly string[]): number | null {
  for (const place of places) {
    const details = field[place];
    const count = isFields(details) ? countIn(details, names) : null;
    if (count !== null) return count;
  }
  return null;
}

function countIn(field: Fields, names: readonly string[]): number | null {
  for (const name of names) {
    const count = numberIn(field[name], MOST_TOKENS);
    if (count !== null) return Math.round(count);
  }
  return null;
}

/** A number from 0 to `most`, also where it comes as a text. */
function numberIn(value: Json | undefined, most: number): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && number >= 0 && number <= most ? number : null;
}

export interface UsageSources {
  reported: WireUsage | null;
  price: ModelPrice | null;
  /** Called only for what the host did not report. */
  estimateInput(): number;
  estimateOutput(): number;
}

/** The usage of one call. A count of 0 counts as not reported: no call has an empty prompt. */
export function settleUsage({ reported, price, estimateInput, estimateOutput }: UsageSources): Usage {
  const input = reported?.input || estimateInput();
  const output = reported?.output ?? estimateOutput();
  const cached = Math.min(input, reported?.cached ?? 0);
  const cost = reported?.cost_usd ?? null;
  return {
    input_tokens: input,
    output_tokens: output,
    cached_tokens: cached,
    reasoning_tokens: Math.min(output, reported?.reasoning ?? 0),
    model_calls: 1,
    cost_usd: cost ?? priced(price, input - cached, cached, output),
    estimated: !reported?.input || reported.output === null,
    cost_estimated: cost === null && price !== null,
  };
}

function priced(price: ModelPrice | null, input: number, cached: number, output: number): number | null {
  if (price === null) return null;
  return (input * price.input + cached * price.cached_input + output * price.output) / 1_000_000;
}
