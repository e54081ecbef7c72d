// Settings as an operator makes them who says no more than a model and where it is.
import assert from "node:assert/strict";
import { readModelConfig } from "../../../shared/llm/config.ts";
import type { ModelSettings } from "../../../shared/llm/config.ts";
import type { ModelRow } from "../../../shared/llm/model_table.ts";

/** `at` is a base URL, or what LLM_HOST says of an endpoint whose URL tells nothing. */
export function configured(
  id: string,
  at: string,
  table: string = "[]",
): { settings: ModelSettings; row: ModelRow } {
  const config = readModelConfig({
    LLM_BASE_URL: at.startsWith("http") ? at : "http://10.0.0.5:8000/v1",
    ...(at.startsWith("http") ? {} : { LLM_HOST: at }),
    LLM_API_KEY: "sk-of-nobody",
    LLM_BALANCED_MODELS: id,
    LLM_SPEED_MODELS: id,
    LLM_MODEL_TABLE: table,
  });
  assert.ok(config.state === "ready", JSON.stringify(config));
  const [row] = config.models.balanced;
  assert.ok(row);
  return { settings: config, row };
}
