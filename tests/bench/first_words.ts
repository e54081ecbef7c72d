// How long a user waits for the first sign of life and for the first words, beside a call of the model alone.
import type { Stack } from "../../dev/stack.ts";
import { callModel } from "./model.ts";
import { addTurns, endScript } from "../support/models/model_script.ts";
import { newPerson } from "../support/stack/person.ts";
import type { FigureGroup } from "./report.ts";
import { answer, type Pace } from "./scripted.ts";
import { median, ms, quantile, ratio, spread } from "./stats.ts";
import { takeTurn, timeOf } from "./turn.ts";

const WARM_UP = 5;
const TEXT = "You have three open tasks. The first of them is due on Friday, the others can wait.";
const MESSAGE = "What is there to do?";

/** Simple turns with a model that takes 300 ms to its first token, and with one that takes none. */
export async function firstWords(stack: Stack): Promise<FigureGroup[]> {
  const slow = await sample(stack, { first_token_ms: 300, tokens_per_second: 0 }, 25);
  const fast = await sample(stack, { first_token_ms: 0, tokens_per_second: 0 }, 100);
  const own = slow.turns.first_text.map((time, i) => time - (slow.direct.first_text[i] ?? 0));
  return [{
    title: "First words of a simple turn, model 300 ms to the first token",
    figures: [
      figure("request to first event", slow.turns.first_event),
      figure("request to first text", slow.turns.first_text),
      figure("first text of the model, called directly", slow.direct.first_text),
      {
        what: "first text / directly",
        result: ratio(slow.turns.first_text, slow.direct.first_text),
        aim: "1.1",
        detail: `ratio of medians; added to each call ${ms(median(own))}`,
      },
      {
        what: "first event / first text directly",
        result: ratio(slow.turns.first_event, slow.direct.first_text),
        aim: "1.1",
        detail: "the first event does not wait for the model",
      },
    ],
  }, {
    title: "What the stack itself takes for a simple turn, model 0 ms",
    figures: [
      tail("request to first event", fast.turns.first_event),
      tail("request to first text", fast.turns.first_text),
      tail("request to the end, everything stored", fast.turns.end),
      tail("the model, called directly, to its end", fast.direct.end),
    ],
  }];
}

interface Samples {
  turns: { first_event: number[]; first_text: number[]; end: number[] };
  direct: { first_text: number[]; end: number[] };
}

/** Turns and direct calls of the very same request take turns, so that both meet the same machine. */
async function sample(stack: Stack, pace: Pace, count: number): Promise<Samples> {
  const person = await newPerson(stack);
  const { url: model_url } = stack.model;
  const turns = Array.from({ length: WARM_UP + count }, () => answer(TEXT, pace));
  await addTurns(model_url, person.pseudonym, turns.slice(0, WARM_UP));
  for (let i = 0; i < WARM_UP; i += 1) await takeTurn(stack, person, MESSAGE);
  const [body] = await endScript(model_url, person.pseudonym);
  if (!body) throw new Error("The model was not asked.");

  const direct_user = `direct-${person.pseudonym}`;
  await addTurns(model_url, person.pseudonym, turns.slice(WARM_UP));
  await addTurns(model_url, direct_user, turns);
  for (let i = 0; i < WARM_UP; i += 1) await callModel(model_url, direct_user, body);
  const samples: Samples = {
    turns: { first_event: [], first_text: [], end: [] },
    direct: { first_text: [], end: [] },
  };
  for (let i = 0; i < count; i += 1) {
    const direct = await callModel(model_url, direct_user, body);
    samples.direct.first_text.push(direct.first_text_ms ?? NaN);
    samples.direct.end.push(direct.end_ms);
    const turn = await takeTurn(stack, person, MESSAGE);
    samples.turns.first_event.push(timeOf(turn, "first", "session"));
    samples.turns.first_text.push(timeOf(turn, "first", "text"));
    samples.turns.end.push(turn.end_ms);
  }
  await endScript(model_url, person.pseudonym);
  await endScript(model_url, direct_user);
  return samples;
}

function figure(what: string, samples: number[]) {
  return { what, result: ms(median(samples)), aim: "", detail: spread(samples) };
}

function tail(what: string, samples: number[]) {
  const p99 = ms(quantile(samples, 0.99));
  return { what, result: `${ms(median(samples))}, p99 ${p99}`, aim: "", detail: spread(samples) };
}
