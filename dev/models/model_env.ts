// The settings for one model, and LLM_MODEL_TABLE with one more change in it: what is tried is what a person would
// write into .env.
import { z } from "zod";
import { JsonObject } from "../../shared/contracts/text.ts";
import { type ModelConfig, readModelConfig } from "../../shared/llm/config.ts";
import { mergeJson } from "../../shared/llm/models/merge_json.ts";
import type { RowPart } from "../../shared/llm/models/model_row.ts";

export type Env = Record<string, string | undefined>;

/** Stands for the host where none is configured. */
export const NO_HOST = "https://host.invalid/v1";

const Table = z.array(JsonObject);

/** Whether there is a host to call, and a key for it. */
export function isCallable(env: Env): boolean {
  return Boolean(env.LLM_BASE_URL?.trim()) && Boolean(env.LLM_API_KEY?.trim());
}

/** The configuration in which this is the only model, with a host and a key where none are given. */
export function configFor(id: string, env: Env): ModelConfig {
  return readModelConfig({
    ...env,
    LLM_BASE_URL: env.LLM_BASE_URL?.trim() || NO_HOST,
    LLM_API_KEY: env.LLM_API_KEY?.trim() || "none",
    LLM_BALANCED_MODELS: id,
    LLM_SPEED_MODELS: id,
  });
}

/** LLM_MODEL_TABLE with this change in the model's row. The table has to be one that can be read. */
export function tableWith(table: string | undefined, id: string, change: RowPart): string {
  const rows = Table.parse(JSON.parse(table || "[]"));
  const changes = JsonObject.parse(change);
  const at = rows.findLastIndex((row) => row.id === id);
  const row = rows[at];
  if (!row) return JSON.stringify([...rows, { id, ...changes }]);
  const changed = {
    ...row,
    ...changes,
    ...("extra_body" in changes && { extra_body: mergeFields(row.extra_body, changes.extra_body) }),
  };
  return JSON.stringify(rows.with(at, changed));
}

function mergeFields(under: unknown, over: unknown): JsonObject {
  return mergeJson(JsonObject.parse(under ?? {}), JsonObject.parse(over));
}

/** A line for .env with a value that is JSON: what begins a comment or a variable there is said otherwise in it. */
export function envLine(name: string, json: string): string {
  return `${name}=${json.replaceAll("#", "\\u0023").replaceAll("$", "\\u0024")}`;
}
