// The flags of `deno task bench peers`.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Settings } from "./report/results.ts";

export const HELP = `Usage: deno task bench peers [flags]

Measures the project beside other agent frameworks, on the same job, and writes docs/benchmarks.md from the figures.
Takes about a quarter of an hour; nothing else should run on the machine.

  --quick            a look of a few minutes; writes no page
  --only NAMES       these systems alone (and bare), with commas between them; writes no page
  --ours NAME=FOLDER another checkout of this repository as a further system; may be given several times
  --no-page          writes no page
  --json FILE        writes all figures as JSON, too
  --database URL     a Postgres server on this machine (as its superuser) instead of one of the bench's own
  --rounds N         turns of each kind at the speed of a real model (5)
  --fast-rounds N    turns of each kind at a model of 0 ms (15)
  --burst-rounds N   bursts of each kind (4)
  --warm-rounds N    turns of each kind before anything is measured (10)
  --counted-turns N  turns of each kind over which statements and CPU of Postgres are counted (10)
  --long-tokens N    length of the long answer (8000)
`;

export interface Options {
  settings: Settings;
  warm_rounds: number;
  /** Names of systems; null for all. */
  only: readonly string[] | null;
  checkouts: { name: string; folder: string }[];
  writes_page: boolean;
  json: string | null;
  database_url: string | undefined;
}

const FLAGS = {
  quick: { type: "boolean", default: false },
  only: { type: "string" },
  ours: { type: "string", multiple: true },
  "no-page": { type: "boolean", default: false },
  json: { type: "string" },
  database: { type: "string" },
  rounds: { type: "string" },
  "fast-rounds": { type: "string" },
  "burst-rounds": { type: "string" },
  "warm-rounds": { type: "string" },
  "counted-turns": { type: "string" },
  "long-tokens": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const FULL = { rounds: 5, fast: 15, bursts: 4, warm: 10, counted: 10, long: 8_000 };
const QUICK = { rounds: 1, fast: 3, bursts: 1, warm: 3, counted: 3, long: 500 };

/** Reads them. Null where help is asked for. Throws a sentence for what it does not know. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({ args: [...args], options: FLAGS });
  if (values.help) return null;
  const defaults = values.quick ? QUICK : FULL;
  const count = (flag: keyof typeof FLAGS, usual: number): number => {
    const given = values[flag];
    if (given === undefined) return usual;
    const number = Number(given);
    if (!Number.isInteger(number) || number < 1) throw new Error(`--${flag} must be a whole number from 1.`);
    return number;
  };
  return {
    settings: {
      real: { first_token_ms: 300, tokens_per_second: 50 },
      rounds: {
        real: count("rounds", defaults.rounds),
        fast: count("fast-rounds", defaults.fast),
        bursts: count("burst-rounds", defaults.bursts),
        counted: count("counted-turns", defaults.counted),
      },
      burst: { simple: 50, complex: 20 },
      long: { tokens: count("long-tokens", defaults.long), tokens_per_second: 120 },
    },
    warm_rounds: count("warm-rounds", defaults.warm),
    only: values.only?.split(",") ?? null,
    checkouts: (values.ours ?? []).map(checkout),
    writes_page: !values.quick && values.only === undefined && !values["no-page"],
    json: values.json ?? null,
    database_url: values.database,
  };
}

function checkout(text: string): { name: string; folder: string } {
  const [, name, folder] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || folder === undefined) {
    throw new Error(`--ours takes NAME=FOLDER, not "${text}".`);
  }
  return { name, folder: resolve(folder) };
}
