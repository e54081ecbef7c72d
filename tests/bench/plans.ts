// How long a plan takes: four independent steps beside one, and the whole turn beside what the model itself
// needs for the same calls, one after the other where one needs the other, at the same time where not.
import type { Stack } from "../../dev/stack.ts";
import { callModel } from "./model.ts";
import { addTurns, endScript, type ModelRequestBody } from "../support/models/model_script.ts";
import { newPerson, type Person } from "../support/stack/person.ts";
import type { FigureGroup } from "./report.ts";
import { planTurns, type Step, taskOf } from "./scripted.ts";
import { median, ms, ratio, spread } from "./stats.ts";
import { takeTurn, timeOf } from "./turn.ts";

const PACE = { first_token_ms: 300, tokens_per_second: 50 };
const ROUNDS = 5;
const TEXT = "All parts of the plan are done, and nothing stood in the way.";

interface Plan {
  steps: Step[];
  person: Person;
  /** The model's requests of the first turn, to be repeated directly. */
  requests: ModelRequestBody[];
  times: { plan: number[]; whole: number[]; model: number[] };
}

export async function plans(stack: Stack): Promise<FigureGroup> {
  const one = await prepare(stack, 1);
  const four = await prepare(stack, 4);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const plan of round % 2 === 0 ? [one, four] : [four, one]) {
      await throughTheSystem(stack, plan);
      plan.times.model.push(await modelAlone(stack, plan));
    }
  }
  return {
    title: "A plan, model 300 ms to the first token and 50 tokens/s",
    figures: [
      figure("plan of 1 step, until the step is complete", one.times.plan),
      figure("plan of 4 independent steps, until all are complete", four.times.plan),
      { what: "4 steps / 1 step", result: ratio(four.times.plan, one.times.plan), aim: "1.1", detail: "" },
      ...beside("turn with 4 steps", four),
      ...beside("turn with 1 step", one),
    ],
  };
}

function beside(what: string, { times }: Plan) {
  const added = times.whole.map((time, i) => time - (times.model[i] ?? NaN));
  return [
    figure(what, times.whole),
    figure("its model calls alone, on their critical path", times.model),
    {
      what: `${what} / model alone`,
      result: ratio(times.whole, times.model),
      aim: "1.05",
      detail: `added ${ms(median(added))}`,
    },
  ];
}

function figure(what: string, samples: number[]) {
  return { what, result: ms(median(samples)), aim: "", detail: spread(samples) };
}

async function prepare(stack: Stack, count: number): Promise<Plan> {
  const steps = Array.from({ length: count }, (_, i): Step => ({
    step_number: i + 1,
    tools: ["list_tasks", "search_notes"],
    call: { name: "list_tasks", arguments: { limit: 10 } },
  }));
  const plan: Plan = {
    steps,
    person: await newPerson(stack),
    requests: [],
    times: { plan: [], whole: [], model: [] },
  };
  plan.requests = await throughTheSystem(stack, plan);
  await modelAlone(stack, plan);
  // The first of everything only warms up.
  plan.times = { plan: [], whole: [], model: [] };
  return plan;
}

async function throughTheSystem(stack: Stack, plan: Plan): Promise<ModelRequestBody[]> {
  const { steps, person, times } = plan;
  await addTurns(stack.model.url, person.pseudonym, planTurns(steps, TEXT, PACE));
  const turn = await takeTurn(stack, person, "Look into all parts.");
  times.plan.push(timeOf(turn, "last", "step_complete") - timeOf(turn, "first", "plan_created"));
  times.whole.push(turn.end_ms);
  return await endScript(stack.model.url, person.pseudonym);
}

/** The same requests, straight to the model. Returns the milliseconds from the first to the end of the last. */
async function modelAlone(stack: Stack, { steps, person, requests }: Plan): Promise<number> {
  const { url } = stack.model;
  const user = `direct-${person.pseudonym}`;
  await addTurns(url, user, planTurns(steps, TEXT, PACE));
  const offered = (body: ModelRequestBody) => JSON.stringify(body.tools ?? []);
  const [first, last, ...others] = requests.filter((body) => !offered(body).includes('"submit_result"'));
  if (!first || !last || others.length > 0) throw new Error("A plan takes two calls of the planner.");
  const of_steps = requests.filter((body) => offered(body).includes('"submit_result"'));

  const started = performance.now();
  await callModel(url, user, first);
  await Promise.all(steps.map(async ({ step_number }) => {
    const of_step = of_steps.filter((body) => JSON.stringify(body.messages).includes(taskOf(step_number)));
    for (const body of of_step) await callModel(url, user, body);
  }));
  await callModel(url, user, last);
  const took = performance.now() - started;
  await endScript(url, user);
  return took;
}
