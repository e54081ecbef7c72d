// The same job done by one agent in one context, with our tools, our words and nothing cut: every prompt has all that came
// before it. Computed from what the tools brought.
import type { MadeCall } from "./job.ts";
import type { Prompt, PromptMessage } from "./prompt_size.ts";

const DETAILS = "get_project_details";

/** A tool call with each model call: all of one project, then all of the next. */
export function oneAfterTheOther(opening: Prompt, calls: readonly MadeCall[]): Prompt[] {
  const [searches, details] = byRound(calls);
  const rounds = details.flatMap((one, i) => [...searches.slice(i, i + 1).map((search) => [search]), [one]]);
  return prompts(opening, rounds);
}

/** All searches, where there are any, with one model call, then all details with another. */
export function inTwoRounds(opening: Prompt, calls: readonly MadeCall[]): Prompt[] {
  return prompts(opening, byRound(calls).filter((round) => round.length > 0));
}

function byRound(calls: readonly MadeCall[]): [MadeCall[], MadeCall[]] {
  return [calls.filter(({ name }) => name !== DETAILS), calls.filter(({ name }) => name === DETAILS)];
}

function prompts({ messages, tools }: Prompt, rounds: readonly MadeCall[][]): Prompt[] {
  const told = rounds.map(messagesOf);
  return [...told.keys(), told.length].map((round) => ({
    messages: [...messages, ...told.slice(0, round).flat()],
    tools,
  }));
}

function messagesOf(calls: readonly MadeCall[]): PromptMessage[] {
  const tool_calls = calls.map(({ name, arguments: args }, i) => ({
    id: `${i}`,
    function: { name, arguments: args },
  }));
  return [
    { role: "assistant", content: "", tool_calls },
    ...calls.map(({ result }) => ({ role: "tool", content: result, tool_calls: [] })),
  ];
}
