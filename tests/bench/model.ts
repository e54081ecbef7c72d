// The demo model from outside: scripts for a user's turns, and calls made directly, without the system.
import { z } from "zod";
import { type ScriptedTurnInput, ScriptReport } from "../../dev/model/script.ts";
import { frames } from "./stream.ts";

/** A chat completion request as the model received it. */
export type ModelRequestBody = ScriptReport["requests"][number];

/** Adds turns to the script of the user with this pseudonym; another pseudonym has another script. */
export async function addTurns(
  model_url: string,
  user: string,
  turns: readonly ScriptedTurnInput[],
): Promise<void> {
  await script("POST", model_url, user, { turns });
}

/** Takes the script away and returns the requests it saw. Errors: unexpected requests, unused turns. */
export async function endScript(model_url: string, user: string): Promise<ModelRequestBody[]> {
  const report = await takeScript(model_url, user);
  if (report.unexpected.length > 0 || report.unused > 0) {
    throw new Error(
      `The model's script was not followed: ${report.unexpected.length} requests too many, ${report.unused} turns unused.`,
    );
  }
  return report.requests;
}

/** Takes the script away, whatever became of it. */
export async function takeScript(model_url: string, user: string): Promise<ScriptReport> {
  return ScriptReport.parse(await script("DELETE", model_url, user));
}

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

async function script(method: string, model_url: string, user: string, body?: object): Promise<unknown> {
  const response = await fetch(`${model_url.replace(/\/v1$/, "")}/_script/${user}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`The model's script: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
