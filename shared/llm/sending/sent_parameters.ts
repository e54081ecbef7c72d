// What of a request's body is kept for the record: how the model was asked, never what. Only what is named here, because
// a body may carry what an operator's gateway wants from nobody else.
import type { Json, JsonObject } from "../../contracts/text.ts";
import type { WireBody } from "./to_wire.ts";

const KEPT = [
  ...["temperature", "top_p", "top_k", "min_p", "seed", "frequency_penalty", "presence_penalty"],
  ...[
    "repetition_penalty",
    "max_tokens",
    "max_completion_tokens",
    "reasoning",
    "reasoning_effort",
    "thinking",
  ],
  ...[
    "enable_thinking",
    "chat_template_kwargs",
    "tool_choice",
    "parallel_tool_calls",
    "service_tier",
    "verbosity",
  ],
];

/** Characters of JSON: what is longer is no setting of a model. */
const LONGEST = 1_000;

/** The parameters of a request, and how many tools it offers. */
export function sentParameters(body: WireBody): JsonObject {
  const kept = KEPT.flatMap((name): [string, Json][] => {
    const text = JSON.stringify(body[name]);
    return text === undefined || text.length > LONGEST ? [] : [[name, JSON.parse(text)]];
  });
  return { ...Object.fromEntries(kept), tools: body.tools?.length ?? 0 };
}
