// How the planner's thread begins: the system prompt, as much of the conversation as fits, and the user's
// message with what the planner should know beside it.
import type { ToolSchema } from "../../contracts/model.ts";
import type { Json } from "../../contracts/text.ts";
import type { TokenCounter } from "../ports.ts";
import { knownAtStart, plannerPrompt, requestPrompt } from "../loop/prompts.ts";
import type { HistoryMessage, Opening } from "../store/records.ts";
import { shorten } from "../loop/shorten.ts";
import { PROMPT_BUDGET, ROOM_FOR_RESULTS } from "../limits.ts";

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
}

export function plannerOpening(options: OpeningOptions): PlannerOpening {
  const { about, opening, message, time_zone, now, tools, count } = options;
  const system = plannerPrompt(about);
  const room = PROMPT_BUDGET.planner - ROOM_FOR_RESULTS.planner;
  const fits = (history: HistoryMessage[], known: Json) =>
    count(
      [{ role: "system", content: system }, ...history, {
        role: "user",
        content: requestPrompt(known, message),
      }],
      tools,
    ) <= room;
  const known = shorten(knownAtStart(opening, now, time_zone), (shorter) => fits([], shorter));
  let turns = earlierTurns(opening.history);
  while (turns.length > 0 && !fits(turns.flat(), known)) turns = turns.slice(1);
  const history = turns.flat();
  return {
    history,
    task: requestPrompt(known, message),
    initial_context: {
      ...contextOf(known),
      history: history.map(({ role, content }) => ({ role, content })),
    },
  };
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

/** What the planner knows beside the message, by the names that stand in its prompt; the focus is the entity. */
function contextOf(known: Json): Record<string, Json> {
  if (known === null || typeof known !== "object" || Array.isArray(known)) return { overview: known };
  const { focus, ...rest } = known;
  return { ...rest, ...(focus !== undefined && { entity: focus }) };
}
