// `deno task chaos --seed N --runs M`: many runs under faults, on a stack of its own, and what became of them.
import { parseArgs } from "node:util";
import { checkInvariants } from "../invariants/invariants.ts";
import { chaosLines, isSound } from "./chaos_table.ts";
import { runChaos } from "./run_chaos.ts";
import { startStack } from "../../../dev/stack.ts";

const HELP = `Usage: deno task chaos [flags]

Runs conversations while every boundary of the agents fails now and then: it throws, its process is killed, or
the client's connection is cut. Ends with code 1 unless nothing was lost, duplicated or stuck.

  --seed N    repeats the decisions of an earlier time; any number if not given
  --runs N    how many runs (200)
  --pairs N   how many pairs of functions (4)
`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    runs: { type: "string", default: "200" },
    pairs: { type: "string", default: "4" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}
const [seed, runs, pairs] = [count("seed"), count("runs"), count("pairs")];

// A signal does not wait for an orderly end; the guards end what is left.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

console.log(`Seed ${seed}, ${runs} runs. Starting a stack of its own ...`);
const log_file = await Deno.makeTempFile({ prefix: "agents-chaos-", suffix: ".log" });
const log_lines = await Deno.open(log_file, { append: true });
const text = new TextEncoder();
const log = (source: string, line: string) => void log_lines.writeSync(text.encode(`[${source}] ${line}\n`));
const stack = await startStack({
  port: 0,
  env: {},
  parts: "test_domain",
  pace: { first_token_ms: 0, tokens_per_second: 0 },
  log,
});
try {
  const { url, publishable_key, database_url, model } = stack;
  const report = await runChaos({
    seed,
    runs,
    pairs,
    runs_per_pair: 2,
    fault_rate: 0.05,
    stack: { url, publishable_key, database_url, model_url: model.url },
    check: checkInvariants,
    log,
  });
  console.log(`\n${chaosLines(report).join("\n")}\n`);
  console.log(`Seed ${seed}, ${Math.round(report.seconds)} s. The functions' own words: ${log_file}`);
  for (const problem of report.problems) console.log(`\n${problem}`);
  await stack.stop();
  Deno.exit(isSound(report) ? 0 : 1);
} catch (error) {
  await stack.stop();
  throw error;
}

function count(flag: "seed" | "runs" | "pairs"): number {
  const number = Number(values[flag]);
  if (Number.isInteger(number) && number >= 0) return number;
  console.error(`--${flag} must be a whole number from 0, not "${values[flag]}".`);
  Deno.exit(2);
}
