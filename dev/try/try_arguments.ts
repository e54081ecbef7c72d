// The flags of `deno task try`.
import { parseArgs } from "node:util";
import { flagProblem } from "../terminal/flag_problem.ts";
import { tasksNamed } from "./tasks.ts";
import type { Plan } from "./run_tasks.ts";

export const HELP = `Usage: deno task try [flags] [task ...]

Runs tasks on the configured model against a local stack of its own, judges them by the rows that are left behind,
and prints a table. One task alone, run once, is shown step by step.

  --times N     runs each task N times, because a model is random, and tells how often it passed (1)
  --parallel N  attempts that run at the same time (1)
  --json FILE   writes every result with its rows, for comparison
  --log FILE    where the processes of the stack write (nowhere)
  --demo        takes the built-in demo model, which works by rules: to see the table
  --list        tells the tasks and what they are there for

Ends with 0 if all passed, with 1 if some did not, and with 2 if it can't run, or the model's host let none be judged.
`;

export interface TryArguments extends Plan {
  demo: boolean;
  list: boolean;
  help: boolean;
  json: string | undefined;
  log: string | undefined;
}

const OPTIONS = {
  times: { type: "string", default: "1" },
  parallel: { type: "string", default: "1" },
  json: { type: "string" },
  log: { type: "string" },
  demo: { type: "boolean", default: false },
  list: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const MOST_TIMES = 100;
const MOST_PARALLEL = 16;

/** What was asked for, or a sentence about what is wrong with it. */
export function tryArguments(args: string[]): TryArguments | { problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: OPTIONS,
    });
    const { demo, list, help, json, log } = values;
    const named = tasksNamed(positionals);
    if ("problem" in named) return named;
    const times = count("times", values.times, MOST_TIMES);
    const parallel = count("parallel", values.parallel, MOST_PARALLEL);
    return { ...named, times, parallel, demo, list, help, json, log };
  } catch (error) {
    return { problem: flagProblem(error, Object.keys(OPTIONS)) };
  }
}

function count(flag: string, value: string, most: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`--${flag} must be a whole number from 1 to ${most}, not "${value}".`);
}
