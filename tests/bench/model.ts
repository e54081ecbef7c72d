// Calls of the demo model made directly, without the system.
import { z } from "zod";
import type { ModelRequestBody } from "../support/models/model_script.ts";
import { frames } from "./stream.ts";

export interface CallTimes {
  /** When the first piece of text came; null for a turn without text. */
  first_text_ms: number | null;
  end_ms: number;
}

const Chunk = z.looseObject({
  choices: z.array(z.looseObject({ delta: z.looseObject({ content: z.string().nullish() }) })),
});

/** One request, read to its end, as someone would send it who uses the model and nothing else. */
export async function callModel(
  model_url: string,
  user: string,
  body: ModelRequestBody,
): Promise<CallTimes> {
  const started = performance.now();
  const response = await fetch(`${model_url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, user }),
  });
  let first_text_ms: number | null = null;
  for await (const { at, data } of frames(response)) {
    if (first_text_ms === null && data !== "[DONE]") {
      const text = Chunk.parse(JSON.parse(data)).choices[0]?.delta.content ?? "";
      if (text !== "") first_text_ms = at - started;
    }
  }
  return { first_text_ms, end_ms: performance.now() - started };
}
