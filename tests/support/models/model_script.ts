// Scripts for the demo model, by the pseudonym of the user whose requests they answer.
import { type ScriptedTurnInput, ScriptReport } from "../../../dev/model/script.ts";

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
