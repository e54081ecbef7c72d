// `deno task bench`: what the system costs in time, round trips, statements and tokens, beside what it should.
// It starts a stack of its own with the demo model and takes about four minutes. Names of parts as arguments
// measure these alone: `deno task bench plans "first words"`. `deno task bench stream` needs no stack, and
// three are only measured when they are named: `deno task bench capacity`, which writes docs/scaling.md,
// `deno task bench overview`, on tables of 120,000 rows, and
// `deno task bench growth`, which fills an account with years of use.
// `deno task bench peers` is bench/peers/, with flags of its own.
import { cancels } from "./cancel.ts";
import { streamingCpu } from "./cpu.ts";
import { deployment } from "./deployment.ts";
import { firstWords } from "./first_words.ts";
import { plans } from "./plans.ts";
import { prompts } from "./prompts.ts";
import { readingCpu } from "./reading.ts";
import { capacity } from "./capacity/measure.ts";
import { type FigureGroup, reportLines } from "./report.ts";
import { roundTrips } from "./round_trips.ts";
import { statements } from "./statements.ts";
import { takeovers } from "./takeover.ts";
import { growth } from "./growth/measure.ts";
import { overviewCost } from "./overview.ts";
import { promptTokens } from "./tokens/measure.ts";
import { writes } from "./writes.ts";
import { benchPeers } from "../../bench/peers/run.ts";
import { type Stack, startStack } from "../../dev/stack.ts";

interface Part {
  name: string;
  /** It is left out where no names are given. */
  only_by_name?: true;
  measure(stack: Stack): Promise<FigureGroup[]>;
}

const STACKLESS: readonly { name: string; measure(): Promise<FigureGroup[]> }[] = [
  { name: "stream", measure: readingCpu },
];

const PARTS: readonly Part[] = [
  { name: "first words", measure: firstWords },
  { name: "plans", measure: async (stack) => [await plans(stack)] },
  { name: "round trips", measure: async (stack) => [await roundTrips(stack)] },
  { name: "statements", measure: async (stack) => [await statements(stack)] },
  { name: "writes", measure: async (stack) => [await writes(stack)] },
  { name: "tokens", measure: promptTokens },
  { name: "prompts", measure: async (stack) => [await prompts(stack)] },
  { name: "cancel", measure: async (stack) => [await cancels(stack)] },
  { name: "takeover", measure: async (stack) => [await takeovers(stack)] },
  { name: "cpu", measure: streamingCpu },
  { name: "deployment", measure: async () => [await deployment()] },
  { name: "capacity", only_by_name: true, measure: async (stack) => [await capacity(stack)] },
  { name: "growth", only_by_name: true, measure: growth },
  { name: "overview", only_by_name: true, measure: async (stack) => [await overviewCost(stack)] },
];

// A signal does not wait for an orderly end; the guard ends what is left.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

if (Deno.args[0] === "peers") Deno.exit(await benchPeers(Deno.args.slice(1)));

const isWanted = ({ name, only_by_name }: Pick<Part, "name" | "only_by_name">) =>
  Deno.args.includes(name) || Deno.args.length === 0 && !only_by_name;
const wanted = PARTS.filter(isWanted);
const wanted_stackless = STACKLESS.filter(isWanted);
if (wanted.length + wanted_stackless.length === 0) {
  const names = [...PARTS, ...STACKLESS].map(({ name }) => `"${name}"`);
  console.error(`There is no such part. The parts are: ${names.join(", ")}.`);
  Deno.exit(2);
}

const started = performance.now();
const groups: FigureGroup[] = [];
// The others' stack would count as CPU of this process.
for (const { name, measure } of wanted_stackless) {
  console.log(`Measuring ${name} ...`);
  groups.push(...await measure());
}
if (wanted.length > 0) groups.push(...await measuredOnStack(wanted));
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`\n${reportLines(groups).join("\n")}\n\nMeasured in ${seconds} s.`);
Deno.exit(0);

async function measuredOnStack(parts: readonly Part[]): Promise<FigureGroup[]> {
  console.log("Starting a stack of its own ...");
  // Whatever database and model the developer has configured, the figures are of the local ones.
  const stack = await startStack({
    port: 0,
    env: {},
    pace: { first_token_ms: 0, tokens_per_second: 0 },
    log: () => {},
  });
  try {
    for (const [name, problem] of Object.entries(stack.problems)) {
      throw new Error(`${name} did not start:\n${problem}`);
    }
    const measured: FigureGroup[] = [];
    for (const { name, measure } of parts) {
      console.log(`Measuring ${name} ...`);
      measured.push(...await measure(stack));
    }
    return measured;
  } finally {
    await stack.stop();
  }
}
