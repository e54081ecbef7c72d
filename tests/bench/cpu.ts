// The CPU that streaming costs the planner: the platform gives a request 2 seconds of it, however long it waits.
import type { Stack } from "../../dev/stack.ts";
import { cpuOf, processOf } from "./cpu_time.ts";
import { newPerson } from "../support/stack/person.ts";
import type { FigureGroup } from "./report.ts";
import { median, ms, spread } from "./stats.ts";
import { startTokenFunctions } from "./token_functions.ts";
import { takeTurn } from "./turn.ts";

/** Output tokens of a long answer, each a data frame of its own. */
const TOKENS = 8_000;
const WARM_UP = 3;
const COUNT = 10;
/** Faster than models write, so that a sample takes 8 seconds; slow enough for a turn's timers to run. */
const TOKENS_PER_SECOND = 1_000;

/** Simple turns through a planner of their own, whose model writes as fast as it is read. */
export async function streamingCpu(stack: Stack): Promise<FigureGroup[]> {
  await using functions = await startTokenFunctions(stack);
  const { endpoint, host } = functions;

  const person = await newPerson(stack);
  const planner = await processOf("agent-planner", host.url);
  const turn = async (tokens: number): Promise<number> => {
    host.answer.tokens = tokens;
    const before = await cpuOf(planner);
    const { events } = await takeTurn(endpoint, person, "Tell me everything.");
    const after = await cpuOf(planner);
    const text = events.map(({ event }) => event.type === "text" ? event.delta : "").join("");
    if (text.split(" ").length !== tokens) throw new Error("The turn did not stream what its model wrote.");
    return after - before;
  };
  const repeat = async (tokens: number, count: number): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; i < count; i += 1) times.push(await turn(tokens));
    return times;
  };

  const [cold = NaN] = await repeat(TOKENS, 1);
  await repeat(TOKENS, WARM_UP);
  const long = await repeat(TOKENS, COUNT);
  const short = await repeat(1, COUNT);
  host.answer.tokens_per_second = TOKENS_PER_SECOND;
  const paced = await repeat(TOKENS, 2);
  const per_thousand = (median(long) - median(short)) / (TOKENS / 1_000);
  return [{
    title: "CPU of the planner's process, all of its threads, a token a frame at full speed",
    figures: [
      { what: "8,000 output tokens", result: ms(median(long)), aim: "600 ms", detail: spread(long) },
      {
        what: "8,000 output tokens, the process's first request",
        result: ms(cold),
        aim: "",
        detail: "with everything still to be compiled",
      },
      {
        what: "8,000 output tokens, 1,000 a second",
        result: ms(median(paced)),
        aim: "",
        detail: "every token wakes the process, which costs a bare fetch most of this, too",
      },
      { what: "a turn of one token", result: ms(median(short)), aim: "", detail: spread(short) },
      { what: "1,000 frames", result: ms(per_thousand), aim: "75 ms", detail: "the difference, divided" },
    ],
  }];
}
