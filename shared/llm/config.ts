// The model settings as the environment gives them. Reading never throws: what is missing is told at the
// first use, by the model itself, so that a function can start and answer without a model.
import { z } from "zod";
import type { ModelProfile } from "../contracts/model.ts";
import { modelRow } from "./model_table.ts";
import type { HostName, ModelRow } from "./model_table.ts";
import { HOST_NAMES, hostAt, hostNamed } from "./models/hosts.ts";
import { ModelRowOverride, ShortPrice } from "./models/model_row.ts";
import { nearest, priceFaults, rowListFaults } from "./models/row_faults.ts";

export interface ModelSettings {
  base_url: string;
  api_key: string;
  /** Whose rules the models' rows build on; absent where the host is none of the listed ones. */
  host?: HostName;
  /** Tried in this order. */
  models: Record<ModelProfile, ModelRow[]>;
  /** All in milliseconds; heartbeats count as signs of life before the first data frame only. */
  timeouts: { first_frame_ms: number; idle_ms: number; overall_ms: number };
  /** The first wait of a model's retries, which doubles, and the longest. */
  retry: { base_ms: number; max_ms: number };
  /** After this many failures in a row a model is left alone for so long. */
  breaker: { failures: number; open_ms: number };
}

export type ModelConfig = ({ state: "ready" } & ModelSettings) | { state: "incomplete"; problem: string };

const Milliseconds = z.coerce.number({ error: "must be a number of milliseconds" }).int().min(1);
const Models = z.string({ error: "is not set" }).transform((list) =>
  list.split(",").map((id) => id.trim()).filter((id) => id !== "")
).refine((ids) => ids.length > 0, "names no model");

const Environment = z.object({
  LLM_BASE_URL: z.string({ error: "is not set" }).trim()
    .refine(isHttpUrl, "must be an http or https URL, such as https://api.deepseek.com/v1")
    // An address is shown and logged; a key is not.
    .refine(
      (url) => !isHttpUrl(url) || new URL(url).password + new URL(url).username === "",
      "must hold no name and no password: the key is LLM_API_KEY's, and other headers are extra_headers of a row",
    ),
  LLM_API_KEY: z.string({ error: "is not set" }).trim()
    .min(1, "is empty (a host that needs no key takes any text)")
    .regex(/^[\x20-\x7e]*$/, "must be one line of ASCII, as its host shows it: copy it once more"),
  LLM_BALANCED_MODELS: Models,
  LLM_SPEED_MODELS: Models,
  LLM_HOST: z.string().trim().transform(readHost).optional(),
  LLM_MODEL_TABLE: z.string().default("[]").transform(readJson(z.array(ModelRowOverride), rowListFaults)),
  LLM_MODEL_PRICES: z.string().default("{}").transform(
    readJson(z.record(z.string().min(1), ShortPrice), priceFaults),
  ),
  LLM_FIRST_FRAME_TIMEOUT_MS: Milliseconds.default(30_000),
  LLM_IDLE_TIMEOUT_MS: Milliseconds.default(20_000),
  LLM_DEADLINE_MS: Milliseconds.default(90_000),
  LLM_BREAKER_FAILURES: z.coerce.number({ error: "must be a number" }).int().min(1).default(5),
  LLM_BREAKER_OPEN_MS: Milliseconds.default(15_000),
});

/** The variables that are read here. */
export const MODEL_VARIABLES: readonly string[] = Object.keys(Environment.shape);

/** The settings in `env`, or one sentence that names every variable to mend. An empty variable counts as unset. */
export function readModelConfig(env: Record<string, string | undefined>): ModelConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) return { state: "incomplete", problem: describe(parsed.error) };
  const read = parsed.data;
  const prices = Object.entries(read.LLM_MODEL_PRICES).map(([id, price]) => ({ id, price }));
  const host = read.LLM_HOST ?? hostAt(read.LLM_BASE_URL);
  const rows = (ids: string[]) => ids.map((id) => modelRow(id, [...read.LLM_MODEL_TABLE, ...prices], host));
  return {
    state: "ready",
    base_url: read.LLM_BASE_URL,
    api_key: read.LLM_API_KEY,
    ...(host && { host }),
    models: { balanced: rows(read.LLM_BALANCED_MODELS), speed: rows(read.LLM_SPEED_MODELS) },
    timeouts: {
      first_frame_ms: read.LLM_FIRST_FRAME_TIMEOUT_MS,
      idle_ms: read.LLM_IDLE_TIMEOUT_MS,
      overall_ms: read.LLM_DEADLINE_MS,
    },
    retry: { base_ms: 500, max_ms: 8_000 },
    breaker: { failures: read.LLM_BREAKER_FAILURES, open_ms: read.LLM_BREAKER_OPEN_MS },
  };
}

function describe(error: z.ZodError): string {
  const faults = error.issues.map((issue) => {
    const [variable, ...inside] = issue.path.map(String);
    return `${variable}${inside.length > 0 ? ` (${inside.join(".")})` : ""} ${issue.message}`;
  });
  const told = faults.join("; ");
  return `The language model is not configured: ${told}${told.endsWith("?") ? "" : "."} See .env.example.`;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function readHost(name: string, context: z.RefinementCtx): HostName {
  const host = hostNamed(name);
  if (host !== null) return host;
  const meant = nearest(name, HOST_NAMES);
  const message = `names no known host: ${name}; ${
    meant === null ? "" : `did you mean ${meant}? If not, `
  }the hosts are ${HOST_NAMES.join(", ")}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

/** A reader of JSON, whose faults are told one by one. */
function readJson<T>(schema: z.ZodType<T>, faults: (value: unknown) => string[]) {
  return (text: string, context: z.RefinementCtx): T => {
    const { value, problem } = parseJson(text);
    if (problem !== undefined) {
      context.addIssue({
        code: "custom",
        message: `${faults(value).join("; ")}, and is no JSON: ${problem}`,
      });
      return z.NEVER;
    }
    const { data } = schema.safeParse(value);
    if (data !== undefined) return data;
    for (const message of faults(value)) context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
}

function parseJson(text: string): { value?: unknown; problem?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // What the engine quotes may be a header's key.
    const [problem] = (error instanceof Error ? error.message : "it can't be parsed").split(/, (?:\.\.\.)?"/);
    return { problem };
  }
}
