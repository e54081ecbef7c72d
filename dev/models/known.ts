// A model's row field by field, with what says each of them.
import { knownParts, modelRow } from "../../shared/llm/model_table.ts";
import type { HostName, ModelRow } from "../../shared/llm/model_table.ts";
import { oneLine } from "./json_lines.ts";
import { isSecret } from "./sent.ts";
import type { Env } from "./model_env.ts";

export interface KnownField {
  field: string;
  value: string;
  /** `default`, `host openrouter`, `id`, or the variable that says it. */
  from: string;
}

/** The fields of a configured row, apart from its id. */
export function knownFields(row: ModelRow, host: HostName | null, env: Env): KnownField[] {
  const { id, ...fields } = row;
  const known = modelRow(id, [], host);
  const parts = knownParts(id, host);
  const sources: [string, unknown][] = [["temperature", row.temperature], ...Object.entries(fields)];
  return [...new Map(sources)].map(([field, value]) => ({
    field,
    value: shown(field, value),
    from: same(value, valueOf(known, field))
      ? sourceOf(field, parts)
      : field === "price" && (env.LLM_MODEL_PRICES ?? "").includes(id)
      ? "LLM_MODEL_PRICES"
      : "LLM_MODEL_TABLE",
  }));
}

/** What says the field last; what is added to the body and to the headers adds up. */
function sourceOf(field: string, parts: ReturnType<typeof knownParts>): string {
  const sources = parts.filter(({ part }) => field in part).map(({ from }) => from);
  return (field.startsWith("extra_") ? sources.join(", ") : sources.at(-1)) || "default";
}

function valueOf(row: ModelRow, field: string): unknown {
  return new Map<string, unknown>(Object.entries(row)).get(field);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function shown(field: string, value: unknown): string {
  if (field === "temperature") {
    if (value === undefined) return "the profile's own";
    if (value === null) return "not sent";
  }
  if (field === "extra_headers") return oneLine(withoutSecrets(value));
  if (field === "price" && value === null) return "not known";
  return typeof value === "string" && value !== "" ? value : oneLine(value);
}

function withoutSecrets(headers: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, isSecret(name) ? "(hidden)" : value]),
  );
}
