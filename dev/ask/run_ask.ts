// `deno task ask`, as a function of its words and its surroundings.
import { runAnswerOf } from "../../shared/contracts/answer.ts";
import { initialRunState, reduceRun, type RunState } from "../../shared/contracts/run_state.ts";
import { plainWords } from "../terminal/plain_words.ts";
import type { Style } from "../terminal/style.ts";
import { cardLines } from "../turn/card.ts";
import { type Ask, decide } from "../turn/decide.ts";
import { knownNames } from "../turn/known_names.ts";
import type { Terminal } from "../turn/screen.ts";
import { showTurn } from "../turn/show.ts";
import { type Person, takeTurn } from "../turn/take_turn.ts";
import { modelCalls, tokenCounts } from "../turn/usage_words.ts";
import { askArguments, type Asked, HELP } from "./ask_arguments.ts";
import { openPlace } from "./destination.ts";

/** A way out, and whoever reads there. */
export interface Side {
  terminal: Terminal;
  style: Style;
  /** Whether lines can be drawn again. */
  live: boolean;
  person: Ask;
}

export interface AskTask {
  env: Record<string, string>;
  time_zone: string;
  /** Where everything is shown; with `--json` nothing but the JSON is. */
  out: Side;
  /** Where people are spoken to besides, then. */
  aside: Side;
  signal: AbortSignal;
  /** From then on there is something to be ended in good order. */
  started(): void;
}

/** Runs the task and gives the process's exit code. */
export async function runAsk(args: readonly string[], task: AskTask): Promise<number> {
  const asked = askArguments(args, task.time_zone);
  if (asked === "help") return told(task.out, HELP.trimEnd(), 0);
  if ("problem" in asked) return told(task.aside, `${asked.problem}\n\n${HELP.trimEnd()}`, 2);
  const side = asked.prints === "json" ? task.aside : task.out;
  try {
    const { state, stays } = await send(asked, side, task);
    if (asked.prints === "json") {
      const answer = { ...runAnswerOf(state), error: state.error };
      told(task.out, JSON.stringify(answer, null, 2), 0);
    } else told(side, outcomeLines(state, stays, side).join("\n"), 0);
    if (task.signal.aborted) return 130;
    return state.status === "completed" ? 0 : 1;
  } catch (error) {
    if (task.signal.aborted) return 130;
    return told(side, side.style.red(error instanceof Error ? error.message : String(error)), 1);
  }
}

function told({ terminal }: Side, text: string, code: number): number {
  terminal.write(`${text}\n`);
  return code;
}

interface Sent {
  state: RunState;
  /** Whether the conversation can go on. */
  stays: boolean;
}

async function send(asked: Asked, side: Side, { env, signal, started }: AskTask): Promise<Sent> {
  const say = (line: string) => void told(side, side.style.dim(line), 0);
  await using place = await openPlace(asked.destination, { env, say });
  started();
  const { url, publishable_key, token, stays } = place;
  if (asked.prints === "all") told(side, "", 0);
  const request = { url, publishable_key, token, signal, message: asked.message, ...asked.body };
  return { state: await takeTurn(request, personFor(asked, side, signal)), stays };
}

/** Whoever reads along and is asked. */
function personFor(
  { approves, prints, body: { time_zone } }: Asked,
  side: Side,
  signal: AbortSignal,
): Person {
  const { terminal, style, person } = side;
  const say = (line: string) => void told(side, line, 0);
  return {
    show: (events, before) =>
      prints === "all" ? showTurn(events, side, signal, before) : silently(events, before),
    async decide(approval, state) {
      const { tool_call_id, arguments_sha256 } = approval;
      const canvas = { style, width: terminal.columns(), time_zone, names: knownNames(state) };
      for (const line of ["", ...cardLines(approval, canvas)]) say(line);
      if (approves === "nothing") return await decide(approval, person, say);
      say("Approved, as --yes says.");
      return { tool_call_id, arguments_sha256, approved: true };
    },
    refused: (sentence) => say(style.red(sentence)),
  };
}

const silently: Person["show"] = async (events, before = initialRunState("")) => {
  let state = before;
  for await (const event of events) state = reduceRun(state, event);
  return state;
};

/** How it ended, what it has used, and how to go on. */
function outcomeLines(
  { status, error, usage, session_id }: RunState,
  stays: boolean,
  { style, live, terminal }: Side,
): string[] {
  // Where nothing is drawn again, the line of the failure stands there already.
  const failed = error !== null && live ? [style.red(plainWords(error.message, terminal.columns()))] : [];
  const used = usage === null ? "" : `: ${modelCalls(usage.model_calls)}, ${tokenCounts(usage)}`;
  const next = stays && session_id !== null ? [style.dim(`Go on with --session ${session_id}`)] : [];
  return ["", ...failed, style.dim(`${status}${used}`), ...next];
}
