// The job that every system does: three kinds of turns, and how much the model says in each.

export const KINDS = ["simple", "tool", "complex"] as const;
export type Kind = typeof KINDS[number];

/** Tokens of each reply: the time that a turn waits for its model follows from them alone. */
export const TOKENS = { simple: 60, tool_call: 20, tool_answer: 60, plan: 100, summary: 60, answer: 120 };

/** What the steps of a complex turn look into. */
export const TOPICS = ["billing", "mobile", "search", "onboarding"];

/** Model calls of a turn. */
export const CALLS: Record<Kind, number> = { simple: 1, tool: 2, complex: 2 + 3 * TOPICS.length };

/** What the user says. The mark in brackets is what the model goes by. */
export const MESSAGES: Record<Kind, string> = {
  simple: "[bench:simple] What are you able to do for me?",
  tool: "[bench:tool] Which of my tasks are open?",
  complex:
    "[bench:complex] How do billing, mobile, search and onboarding stand, what are the risks, and what is next?",
};

/** A message that is answered by this many tokens. */
export const longMessage = (tokens: number): string =>
  `[bench:simple] tokens=${tokens} Tell me all that you know.`;

/** What a step is to find out, in the words of the planner. */
export const stepTask = (step: number): string =>
  `[bench:step ${step}] Look into the project ${
    TOPICS[step - 1]
  }: find it, read its details, tell its status and risks.`;

const WORDS = [
  "plan",
  "task",
  "work",
  "goal",
  "step",
  "team",
  "date",
  "risk",
  "open",
  "done",
  "next",
  "soon",
];

/** Text of so many tokens: words of four letters and a blank, as long as tokens usually are. */
export function wordsOf(tokens: number): string[] {
  return Array.from({ length: tokens }, (_, i) => i === tokens - 1 ? "end." : `${WORDS[i % WORDS.length]} `);
}

/** The answer that a turn must end with, to the letter. */
export const ANSWERS: Record<Kind, string> = {
  simple: wordsOf(TOKENS.simple).join(""),
  tool: wordsOf(TOKENS.tool_answer).join(""),
  complex: wordsOf(TOKENS.answer).join(""),
};

export interface Pace {
  first_token_ms: number;
  /** 0: all at once. */
  tokens_per_second: number;
}

/** The milliseconds that a turn waits for the model whatever carries it out. */
export function criticalPath(kind: Kind, { first_token_ms, tokens_per_second }: Pace): number {
  const { simple, tool_call, tool_answer, plan, summary, answer } = TOKENS;
  const on_path = {
    simple: [simple],
    tool: [tool_call, tool_answer],
    complex: [plan, tool_call, tool_call, summary, answer],
  };
  return on_path[kind]
    .map((tokens) => first_token_ms + (tokens_per_second === 0 ? 0 : (tokens - 1) * 1000 / tokens_per_second))
    .reduce((total, ms) => total + ms, 0);
}
