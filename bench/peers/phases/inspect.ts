// What a system asks of the model, turn by turn, and whether it remembers.
import { setTimeout } from "node:timers/promises";
import type { ScriptedModel } from "../measure/scripted_model.ts";
import { ANSWERS, CALLS, type Kind, KINDS } from "../model/job.ts";
import type { ModelUse } from "../report/results.ts";
import { type Running, turnOf } from "../running.ts";

/** Slow enough for calls that are made at the same time to meet at the model. */
const PACE = { first_token_ms: 100, tokens_per_second: 0 };
/** For what a system still writes when its stream has ended. */
const REST_MS = 300;

export async function inspect(
  running: Running,
  model: ScriptedModel,
): Promise<{ model: Record<Kind, ModelUse>; remembers: boolean }> {
  const uses = {
    simple: await useOf(running, model, "simple"),
    tool: await useOf(running, model, "tool"),
    complex: await useOf(running, model, "complex"),
  };
  return { model: uses, remembers: await remembers(running, model) };
}

async function useOf(running: Running, model: ScriptedModel, kind: Kind): Promise<ModelUse> {
  await model.reset(PACE);
  const { bytes } = await turnOf(running, kind);
  const { asked, most_at_once } = await model.asked();
  if (asked.length !== CALLS[kind]) {
    const phases = asked.map(({ phase }) => phase).join(", ");
    throw new Error(
      `${running.system.title} does not do the job of "${kind}": its model calls are ${phases}`,
    );
  }
  const prompt_tokens = asked.reduce(
    (sum, { prompt_characters }) => sum + Math.ceil(prompt_characters / 4),
    0,
  );
  return { calls: asked.length, prompt_tokens, at_once: most_at_once, bytes };
}

async function remembers(running: Running, model: ScriptedModel): Promise<boolean> {
  await model.reset({ first_token_ms: 0, tokens_per_second: 0 });
  const conversation = running.conversations.begin();
  await turnOf(running, "simple", conversation);
  await setTimeout(REST_MS);
  await turnOf(running, "simple", conversation);
  const [first, second] = (await model.asked()).asked;
  if (!first || !second) throw new Error(`${running.system.title} did not ask the model twice`);
  return second.prompt_characters >= first.prompt_characters + ANSWERS.simple.length;
}

/** What is compiled, planned and cached at the first times is not measured. */
export async function warmUp(
  systems: readonly Running[],
  model: ScriptedModel,
  rounds: number,
): Promise<void> {
  await model.reset({ first_token_ms: 0, tokens_per_second: 0 });
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of KINDS) {
      for (const running of systems) await turnOf(running, kind);
    }
  }
}
