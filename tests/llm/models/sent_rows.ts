// What is sent for each model that the rules of hosts name, and for some more, as lines of JSON: the golden table.
// `deno run -A tests/llm/models/sent_rows.ts` writes it anew.
import { toWire } from "../../../shared/llm/sending/to_wire.ts";
import { configured } from "../../support/wire/configured.ts";
import { MAKERS } from "../../support/wire/host_rules/makers.ts";
import { OTHERS } from "../../support/wire/host_rules/others.ts";
import { moments, TOOLS } from "../../support/wire/histories.ts";
import { request } from "../support.ts";

export const GOLDEN = new URL("./sent.golden.jsonl", import.meta.url);

/** Models of which no rule speaks, so that every host and every family has a line. */
const MORE = [
  ["some-model", "http://10.0.0.5:8000/v1"],
  ["gpt-5-pro", "openai"],
  ["openai/gpt-5-codex", "openrouter"],
  ["gpt-5.1-codex-mini", "azure"],
  ["deepseek-chat", "deepseek"],
  ["deepseek-r1:14b", "ollama"],
  ["gemini-2.5-pro", "google"],
  ["gemini-2.0-flash", "google"],
  ["gemini-2.5-flash", "google"],
  ["gemma-4-12b-it", "vllm"],
  ["kimi-k2-0905-preview", "moonshot"],
  ["kimi-k2.7-code", "moonshot"],
  [
    "google/gemini-3-pro-preview",
    "https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi",
  ],
  ["qwen3-235b-a22b-instruct-2507", "dashscope"],
  ["grok-3-mini", "xai"],
  ["openai/gpt-5.4", "openrouter"],
] as const;

/** One line for each model: what is sent at its first turn, and the messages of its last one. */
export function sentRows(): string[] {
  const models = [...[...MAKERS, ...OTHERS].flatMap((rule) => rule.models), ...MORE];
  return [...new Map(models.map(([id, at]) => [`${id} ${at}`, line(id, at)])).values()].toSorted();
}

function line(id: string, at: string): string {
  const { row, settings } = configured(id, at);
  const of = (moment: string) => toWire(request({ tools: TOOLS, ...moments(id)[moment] }), row);
  const { messages: _, tools, ...first } = of("the first turn");
  const last = of("the last turn");
  return JSON.stringify({
    id,
    host: settings.host ?? null,
    first,
    parameters: tools?.[0]?.function.parameters,
    last: { tools: last.tools?.length ?? 0, tool_choice: last.tool_choice, messages: last.messages.slice(1) },
    own_calls: of("calls that it made itself").messages.slice(2, 3),
  });
}

if (import.meta.main) await Deno.writeTextFile(GOLDEN, `${sentRows().join("\n")}\n`);
