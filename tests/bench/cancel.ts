// How long a cancelled run goes on: until its model's host has written the last byte, and until the stream says so.
import { createAgentClient } from "../../client/mod.ts";
import type { Stack } from "../../dev/stack.ts";
import { newPerson } from "../support/stack/person.ts";
import type { FigureGroup } from "./report.ts";
import { ms, quantile, spread } from "./stats.ts";
import { startTokenFunctions } from "./token_functions.ts";

const COUNT = 50;
/** As models write; an answer that would take a minute. */
const ANSWER = { tokens: 6_000, tokens_per_second: 100 };

/** Runs that are cancelled while the planner's model writes the answer, at all moments between two looks for it. */
export async function cancels(stack: Stack): Promise<FigureGroup> {
  await using functions = await startTokenFunctions(stack);
  const { endpoint, host } = functions;
  host.answer = ANSWER;
  const person = await newPerson(stack);
  const client = createAgentClient({ ...endpoint, token: () => person.token });
  const last_byte: number[] = [];
  const terminal: number[] = [];
  for (let i = 0; i < COUNT; i += 1) {
    const run = await client.startRun({ message: "Tell me everything." });
    let asked = NaN;
    let end = "";
    for await (const event of run.events()) {
      if (event.type === "text" && Number.isNaN(asked)) {
        await new Promise((resolve) => setTimeout(resolve, i * 1_000 / COUNT));
        asked = performance.now();
        await run.cancel();
      }
      if (event.type === "done") end = event.status;
    }
    if (end !== "cancelled") throw new Error(`A run of the benchmark was not cancelled: ${end}`);
    terminal.push(performance.now() - asked);
    last_byte.push(Math.max(0, host.last_frame_at - asked));
  }
  const figure = (what: string, samples: number[], aim: string) => ({
    what,
    result: `${ms(quantile(samples, 0.5))}, p99 ${ms(quantile(samples, 0.99))}`,
    aim,
    detail: spread(samples),
  });
  return {
    title: "A cancelled run, model at 100 tokens/s",
    figures: [
      figure("cancel to the last byte that the model's host writes", last_byte, "p99 below 2 s"),
      figure("cancel to the terminal event", terminal, "below 2 s"),
    ],
  };
}
