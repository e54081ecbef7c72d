// `deno task try [task ...]`: tasks for the configured model, judged by rows; the table of what came of them.
import { settings } from "./environment.ts";
import { type Stack, startStack } from "./stack.ts";
import { COLOURS, PLAIN, wrapped } from "./terminal/style.ts";
import { attempt } from "./try/attempt.ts";
import { detailLines } from "./try/detail.ts";
import { createHostWords, type HostWords } from "./try/host_words.ts";
import { report } from "./try/report.ts";
import { failedTasks, LEGEND, modelsLine, resultTable, sumLine } from "./try/result_table.ts";
import { exitCode, isOfCall, mostRuns, type Outcome, runTasks } from "./try/run_tasks.ts";
import { HELP, type TryArguments, tryArguments } from "./try/try_arguments.ts";
import { type TrySettings, trySettings } from "./try/try_settings.ts";
import { newTryUser } from "./try/try_user.ts";

// A signal does not wait for an orderly end: what is left ends with the stack's guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

const say = (line = "") => console.log(line);
const live = Deno.stdout.isTerminal();
const style = live && (Deno.env.get("NO_COLOR") ?? "") === "" ? COLOURS : PLAIN;
const canvas = { style, width: Math.max(80, width()) };

Deno.exit(await main());

async function main(): Promise<number> {
  const asked = tryArguments(Deno.args);
  if ("problem" in asked) return refuse(`${asked.problem}\n\n${HELP}`);
  if (asked.help) {
    say(HELP);
    return 0;
  }
  if (asked.list) {
    for (const { name, about } of asked.tasks) say(`${name.padEnd(18)}${about}`);
    return 0;
  }
  const config = trySettings(settings(), asked.demo ? "demo" : "configured");
  if ("problem" in config) return refuse(config.problem);
  try {
    return await tryModel(asked, config);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

async function tryModel(asked: TryArguments, { env, model }: TrySettings): Promise<number> {
  const { tasks, times } = asked;
  const runs = mostRuns(asked);
  const repeated = times === 1 ? "" : `, ${times} times each`;
  const what = `${plural(tasks.length, "task")}${repeated}: at most ${plural(runs, "run")} on ${model}.`;
  say(wrapped(what, canvas.width).join("\n"));
  say(style.dim("Starting a stack of its own ..."));
  if (asked.json !== undefined) (await makeFile("json", asked.json)).close();
  const words = createHostWords();
  const stack = await start(env, asked.log, words);
  try {
    const alone = tasks.length === 1 && times === 1;
    const table = resultTable(tasks.map(({ name }) => name), alone ? "all" : "first", canvas);
    if (!alone) say(`\n${table.head()}`);
    const deps = { stack, signUp: () => newTryUser(stack), now: Date.now };
    const outcome = await runTasks(asked, (task) => attempt(task, deps), (result) => {
      const [first] = result.attempts;
      if (alone && first) say([...detailLines(first, canvas), "", table.head()].join("\n"));
      say(table.rows(result).join("\n"));
    });
    if (!alone) say(table.sum(outcome));
    say(`\n${sumLine(outcome)}.`);
    for (const line of [modelsLine(outcome), LEGEND]) {
      say(wrapped(line, canvas.width).map(style.dim).join("\n"));
    }
    if (asked.json !== undefined) await Deno.writeTextFile(asked.json, report(outcome, model));
    const failed = failedTasks(outcome);
    if (failed.length > 0 && !alone) {
      say(`\nTo see what one of them did: deno task try ${hint(asked, failed)}`);
    }
    for (const line of hostLines(outcome, words)) say(wrapped(line, canvas.width).map(style.red).join("\n"));
    return exitCode(outcome);
  } finally {
    await stack.stop();
  }
}

/** Before anything is paid for that could then not be written. What the file holds stays until there is a result. */
async function makeFile(flag: "json" | "log", file: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(file, { append: true, create: true });
  } catch (error) {
    throw new Error(`--${flag} ${file} can't be written: ${error instanceof Error ? error.message : error}`);
  }
}

/** Where a call of the model has failed a run: what its host said, what to do next, and why there are no more. */
function hostLines(outcome: Outcome, words: HostWords): string[] {
  const said = isOfCall(outcome) ? words.last() : null;
  const { gave_up } = outcome;
  return [
    ...(said === null ? [] : ["", said]),
    ...(gave_up === null ? [] : ["The model's host failed three times in a row, so the rest was not tried."]),
  ];
}

async function start(
  env: Record<string, string>,
  file: string | undefined,
  words: HostWords,
): Promise<Stack> {
  const log = file === undefined ? undefined : await makeFile("log", file);
  const text = new TextEncoder();
  const stack = await startStack({
    port: 0,
    env,
    pace: { first_token_ms: 0, tokens_per_second: 0 },
    log(source, line) {
      words.hear(line);
      log?.writeSync(text.encode(`[${source}] ${line}\n`));
    },
  });
  const [problem] = Object.entries(stack.problems);
  if (problem === undefined) return stack;
  await stack.stop();
  throw new Error(`${problem[0]} did not start:\n${problem[1]}`);
}

function hint({ demo }: TryArguments, [first = ""]: readonly string[]): string {
  return `${demo ? "--demo " : ""}${first}`;
}

function refuse(problem: string): number {
  console.error(problem);
  return 2;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Some terminals do not tell their size, and a pipe has none. */
function width(): number {
  const told = Number(Deno.env.get("COLUMNS") ?? "");
  if (!live) return told || 120;
  return Deno.consoleSize().columns || told || 100;
}
