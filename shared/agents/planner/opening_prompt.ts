// How the planner's thread begins: the system prompt, as much of the conversation as fits, and the user's
// message with what the planner should know beside it.
import { type Cut, cutOf } from "../../contracts/cut.ts";
import type { ToolSchema } from "../../contracts/model.ts";
import type { Json, JsonObject } from "../../contracts/text.ts";
import type { ShownRow } from "../../contracts/tool_result.ts";
import type { TokenCounter } from "../ports.ts";
import { knownAtStart, knownOfEarlier, plannerPrompt, requestPrompt } from "../loop/prompts.ts";
import type { HistoryMessage, Opening } from "../store/records.ts";
import { shorten, shortenText } from "../loop/shorten.ts";
import { PROMPT_BUDGET } from "../limits.ts";
import { isSummaryDue, newestWithin, type SizedTurn, sureRoom } from "./conversation_room.ts";

interface OpeningOptions {
  /** What the domain is about. */
  about: string;
  opening: Opening;
  message: string;
  time_zone: string;
  now: Date;
  tools: ToolSchema[];
  count: TokenCounter;
}

/** What a thread begins with after its system prompt, and the context that its row keeps of them. */
export interface PlannerOpening {
  history: HistoryMessage[];
  task: string;
  initial_context: Record<string, Json>;
  /** What of the conversation and of what the planner knows there was no room for. */
  cut: Cut[];
  /** The rows whose text the task shows, or would where it is cut. */
  shown_rows: ShownRow[];
  /** The tokens that the history has room for, where it is time to summarise its oldest part. */
  summary_due: number | null;
}

/** The tokens that a first prompt leaves free, beside this history and what else the planner knows. */
type Free = (history: HistoryMessage[], known: JsonObject) => number;

/**
 * The first prompt: the newest turns, as many as fit, beside the summary of those before them. Where turns are missing
 * from both, the planner is told.
 */
export function plannerOpening(options: OpeningOptions): PlannerOpening {
  const { about, opening, message, tools, count } = options;
  const system = plannerPrompt(about);
  const room = PROMPT_BUDGET.planner;
  const freeBeside = (said: string): Free => (history, known) => {
    const task = requestPrompt(known, said);
    return room -
      count([{ role: "system", content: system }, ...history, { role: "user", content: task }], tools);
  };
  const turns = earlierTurns(opening.history).map((messages) => ({ messages, tokens: count(messages, []) }));

  const free = freeBeside(message);
  const { knownWhile, cut: cutOfKnown } = knownWithin(options, turns, free);
  const kept = newestThatFit(turns, (history) => free(history, knownWhile("turns are missing")));
  const cut = opening.history_cut || kept.length < turns.length;
  const known = knownWhile(cut ? "turns are missing" : "all is there");
  const history = historyOf(kept);
  const history_room = Math.max(0, freeBeside("")([], known));
  const summary_due = cut || isSummaryDue(turns, history_room) ? history_room : null;
  const { focus, ...rest } = known;
  return {
    history,
    task: requestPrompt(known, message),
    initial_context: {
      ...rest,
      ...(focus !== undefined && { entity: focus }),
      history: history.map(({ role, content }) => ({ role, content })),
      ...(summary_due !== null && { summary_due }),
    },
    cut: [...cutOf("history", saidIn(turns), saidIn(kept)), ...cutOfKnown],
    shown_rows: opening.shown_rows,
    summary_due,
  };
}

/**
 * What the planner knows beside the message, cut until it fits: the overview of the user's data first, because tools
 * bring it back, then the summary.
 */
function knownWithin(
  { opening, time_zone, now }: OpeningOptions,
  turns: readonly SizedTurn[],
  free: Free,
): { knownWhile(conversation: Parameters<typeof knownOfEarlier>[1]): JsonObject; cut: Cut[] } {
  const { when, data } = knownAtStart(opening, now, time_zone);
  const sure = Math.min(sureRoom(turns), Math.max(0, free([], when)));
  const fits = (known: JsonObject) => free([], known) >= sure;
  const summary = opening.summary === null ? null : shortenText(
    opening.summary,
    (summary) => fits({ ...when, ...knownOfEarlier(summary, "turns are missing") }),
  );
  const widest = knownOfEarlier(summary, "turns are missing");
  const shown = shorten(data, (data) => fits({ ...when, ...named(data), ...widest }), LOOK_UP);
  return {
    knownWhile: (conversation) => ({ ...when, ...named(shown), ...knownOfEarlier(summary, conversation) }),
    cut: [...cutOf("overview", data, shown), ...cutOf("summary", opening.summary, summary)],
  };
}

const LOOK_UP =
  "Not all of the overview fits here: parts are left out where it says so, texts that end in … go on. Look up with tools what you need of it.";

/** What is left of data that had to be cut to a note is the note. */
function named(data: Json): JsonObject {
  return data !== null && typeof data === "object" && !Array.isArray(data) ? data : { overview: data };
}

interface Turn extends SizedTurn {
  messages: HistoryMessage[];
}

function newestThatFit(turns: readonly Turn[], free: (history: HistoryMessage[]) => number): Turn[] {
  let kept = newestWithin(turns, free([]));
  while (kept.length > 0 && free(historyOf(kept)) < 0) kept = kept.slice(1);
  return kept;
}

function historyOf(turns: readonly Turn[]): HistoryMessage[] {
  return turns.flatMap(({ messages }) => messages);
}

function saidIn(turns: readonly Turn[]): string {
  return historyOf(turns).map(({ content }) => content).join("");
}

/** What a message of the user's without an answer has instead of one. */
const NO_ANSWER = "(This turn ended without an answer.)";

/**
 * The history turn by turn, each a message of the user's with its answer: hosts want roles that alternate, and a user's
 * message first. Answers whose message is not among the newest any more are left out.
 */
function earlierTurns(messages: readonly HistoryMessage[]): [HistoryMessage, HistoryMessage][] {
  const turns: [HistoryMessage, HistoryMessage][] = [];
  let answered = true;
  for (const { role, content } of messages) {
    const turn = turns.at(-1);
    if (role === "user") {
      turns.push([{ role, content }, { role: "assistant", content: NO_ANSWER }]);
      answered = false;
    } else if (turn) {
      turn[1] = { role, content: answered ? `${turn[1].content}\n\n${content}` : content };
      answered = true;
    }
  }
  return turns;
}
