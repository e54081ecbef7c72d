// `deno task demo [message]`: the whole stack for one conversation, shown while it happens, with a table at the
// end of what was written and what it cost.
import { parseArgs } from "node:util";
import { createClient } from "@supabase/supabase-js";
import type { Database } from "../shared/domain/database.types.ts";
import type { ApprovalState, RunState } from "../shared/contracts/run_state.ts";
import { cardLines } from "./turn/card.ts";
import { type Ask, decide } from "./turn/decide.ts";
import { knownNames } from "./turn/known_names.ts";
import { readRecords } from "./demo/records.ts";
import { seconds } from "./turn/render.ts";
import { showTurn } from "./turn/show.ts";
import { flagProblem } from "./terminal/flag_problem.ts";
import { countOf, portOf } from "./terminal/whole_number.ts";
import { createStopwatch } from "./turn/stopwatch.ts";
import { summaryLines } from "./demo/summary.ts";
import { takeTurn } from "./turn/take_turn.ts";
import { personAt, styleFor, terminalOn } from "./turn/this_terminal.ts";
import { settings } from "./environment.ts";
import { PortTakenError } from "./gateway.ts";
import { configuredModel } from "./model_words.ts";
import { type Stack, startStack } from "./stack.ts";

const DEFAULT_PORT = 54321;
const MESSAGE = "Update the Website project and schedule its open tasks";
/** Cancelling an event waits for a person. */
const ASKING_MESSAGE = "Cancel my lunch with Jonas";

const HELP = `Usage: deno task demo [flags] [message]

Starts the local stack, sends the message ("${MESSAGE}") and shows what happens.

  --ask                  sends "${ASKING_MESSAGE}" instead, which waits for your yes or no
  --port N               port of the gateway (${DEFAULT_PORT}, or any free one if that is taken)
  --first-token-ms N     demo model: delay of the first token (300)
  --tokens-per-second N  demo model: speed after that, 0 for no limit (150)
  --time-zone NAME       the user's time zone (this machine's)
  --log FILE             where the processes of the stack write (nowhere)
`;

const OPTIONS = {
  ask: { type: "boolean", default: false },
  port: { type: "string" },
  "first-token-ms": { type: "string", default: "300" },
  "tokens-per-second": { type: "string", default: "150" },
  "time-zone": { type: "string", default: Intl.DateTimeFormat().resolvedOptions().timeZone },
  log: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const { values, positionals, port, pace } = readFlags();

const live = Deno.stdout.isTerminal();
const style = styleFor(Deno.stdout);
const terminal = terminalOn(Deno.stdout);
const say = (line = "") => terminal.write(`${line}\n`);

if (values.help) {
  terminal.write(HELP);
  Deno.exit(0);
}

// The stack ends before this process does, whatever ends the conversation. A stack that is only half there
// can't be stopped in good order, and a second signal means "at once": then its guard cleans up.
const interrupted = new AbortController();
let started = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    if (!started || interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort();
  });
}

Deno.exit(await main());

async function main(): Promise<number> {
  const begun = performance.now();
  say(style.dim("Starting Postgres, auth, REST, the functions and the model ..."));
  let stack: Stack;
  try {
    stack = await start();
    started = true;
  } catch (error) {
    say(style.red(error instanceof Error ? error.message : String(error)));
    return 1;
  }
  try {
    say(style.dim(`Ready in ${seconds(performance.now() - begun)} at ${stack.url}`));
    const answered = await converse(stack);
    if (interrupted.signal.aborted) return 130;
    return answered ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    say(style.red(error instanceof Error ? error.message : String(error)));
    return 1;
  } finally {
    await stack.stop();
  }
}

/** Whether the message was answered. */
async function converse(stack: Stack): Promise<boolean> {
  for (const [name, problem] of Object.entries(stack.problems)) {
    throw new Error(`${name} did not start:\n${problem}`);
  }
  say(
    stack.model.kind === "demo"
      ? style.yellow("The model is a demo: rules, no language model. Set LLM_BASE_URL for a real one.")
      : modelLine(),
  );
  const client = createClient<Database>(stack.url, stack.publishable_key, {
    auth: { persistSession: false },
  });
  const { data, error } = await client.auth.signInWithPassword(stack.demo_user);
  if (error !== null) throw new Error(`The demo user cannot sign in: ${error.message}`);

  const message = positionals.join(" ").trim() || (values.ask ? ASKING_MESSAGE : MESSAGE);
  say();
  say(`${style.bold(stack.demo_user.email)} ${message}`);
  say();

  const time = createStopwatch();
  const ask = personAt(Deno.stdout, interrupted.signal);
  const state = await takeTurn({
    url: stack.url,
    publishable_key: stack.publishable_key,
    token: data.session.access_token,
    message,
    time_zone: values["time-zone"],
    signal: interrupted.signal,
  }, {
    show: (events, before) =>
      showTurn(time.events(events), { style, terminal, live }, interrupted.signal, before),
    decide: (approval, state) => time.pausedFor(() => decideOn(approval, state, ask)),
    refused: (sentence) => say(style.red(sentence)),
  });
  if (state.error && live) say(style.red(state.error.message));
  if (state.session_id === null || interrupted.signal.aborted) return false;
  say();
  const records = await readRecords(client, state.run_id, values["time-zone"]);
  for (const line of summaryLines(state, records, time.timing, { style, width: terminal.columns() })) {
    say(line);
  }
  return state.usage !== null;
}

function modelLine(): string {
  const model = configuredModel(settings());
  if (model === null) throw new Error("Cannot name the model: none is configured");
  return "words" in model ? `The model: ${model.words}` : style.red(model.problem);
}

/** Shows a call that waits, and asks about it. */
async function decideOn(approval: ApprovalState, state: RunState, ask: Ask) {
  const place = { style, width: terminal.columns(), time_zone: values["time-zone"] };
  const canvas = { ...place, names: knownNames(state) };
  for (const line of ["", ...cardLines(approval, canvas)]) say(line);
  return await decide(approval, ask, say);
}

async function start(): Promise<Stack> {
  const log = values.log === undefined
    ? undefined
    : await Deno.open(values.log, { append: true, create: true });
  const text = new TextEncoder();
  const options = {
    env: settings(),
    pace,
    log: (source: string, line: string) => void log?.writeSync(text.encode(`[${source}] ${line}\n`)),
  };
  if (port !== undefined) return await startStack({ ...options, port });
  try {
    return await startStack({ ...options, port: DEFAULT_PORT });
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    say(
      style.dim(
        `Port ${DEFAULT_PORT} is taken, so the demo takes a free one. Choose one yourself with --port.`,
      ),
    );
    return await startStack({ ...options, port: 0 });
  }
}

function readFlags() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
    const pace = {
      first_token_ms: countOf("first-token-ms", values["first-token-ms"]),
      tokens_per_second: countOf("tokens-per-second", values["tokens-per-second"]),
    };
    return { values, positionals, pace, port: values.port === undefined ? undefined : portOf(values.port) };
  } catch (error) {
    console.error(`${flagProblem(error, Object.keys(OPTIONS))}\n\n${HELP}`);
    Deno.exit(2);
  }
}
