// The conversations that faults are tried on. Which turn the model takes depends on nothing but the request; a call
// that is made again is answered in other words and with other arguments, as a real model answers it, so that
// whatever mixes two attempts shows.
import type { ScriptedTurnInput } from "../../../dev/model/script.ts";

/** A row that a tool writes. */
export interface Write {
  table: "books" | "loans";
  /** The column by which people call it, and the tool's argument of that name. */
  column: "title" | "borrower";
  value: string;
}

export interface Shape {
  name: "simple" | "tool" | "plan" | "slow" | "cancel" | "ask" | "ask two" | "ask step";
  message: string;
  turns: ScriptedTurnInput[];
  /** How many there are in its plan. */
  steps: number;
  writes: Write[];
  /** The tool about which the person wants to be asked, and the writes with it that they decline. */
  asks?: { tool: string; declined: Write[] };
}

const FIRST: Write = { table: "books", column: "title", value: "Written at the start" };
const SECOND: Write = { table: "books", column: "title", value: "Written by the plan" };
/** Into a table whose keys the database makes. */
const THIRD: Write = { table: "loans", column: "borrower", value: "Written by the plan as well" };
const DECLINED: Write = { table: "books", column: "title", value: "Not to be written" };
const GOAL = "Bring the plan to its end.";

/** Long and slow enough to be sent in several pieces. */
const ANSWER = {
  text: `${"Everything that you asked for has been done. ".repeat(5)}(Answer {{use}}.)`,
  tokens_per_second: 250,
};

const planner = { not_tool: "submit_result" } as const;
const onStep = (step_number: number) => ({ tool: "submit_result", contains: taskOf(step_number) });

/** Stands in every prompt of the step, and in no other thread where `submit_result` is offered. */
function taskOf(step_number: number): string {
  return `Do the work of part number ${step_number}.`;
}

function submitted(step_number: number) {
  const summary = `Part ${step_number} is done, report {{use}}.`;
  return { name: "submit_result", arguments: { status: "completed", summary } };
}

const write = {
  name: "create_book",
  arguments: { title: FIRST.value, notes: "The first of three writes, version {{use}}." },
};

interface Part {
  step_number: number;
  executor_required: boolean;
  tools: string[];
  depends_on: number[];
}

const planOf = (...parts: Part[]) => ({
  name: "create_plan",
  arguments: {
    goal: GOAL,
    steps: parts.map((step) => ({
      ...step,
      title: `Part ${step.step_number}, plan {{use}}`,
      task: taskOf(step.step_number),
    })),
  },
});

const looking = (step_number: number): Part => ({
  ...{ step_number, executor_required: true, tools: ["list_books"], depends_on: [] },
});

const plan = planOf(looking(1), looking(2), {
  ...{ step_number: 3, executor_required: false, tools: ["create_book", "create_loan"], depends_on: [1, 2] },
});

const askingPlan = planOf(looking(1), {
  ...{ step_number: 2, executor_required: false, tools: ["create_book"], depends_on: [] },
});

const lookingStep = (step_number: number): ScriptedTurnInput[] => [
  { when: { ...onStep(step_number), last: "tool" }, tool_calls: [submitted(step_number)] },
  { when: onStep(step_number), tool_calls: [{ name: "list_books", arguments: '{"limit": {{use}}}' }] },
];

const writingStep: ScriptedTurnInput[] = [
  { when: { ...onStep(3), last: "tool" }, tool_calls: [submitted(3)] },
  {
    when: onStep(3),
    tool_calls: [
      { name: "create_book", arguments: { title: SECOND.value, notes: "Version {{use}}." } },
      {
        name: "create_loan",
        arguments: { borrower: THIRD.value, notes: "The last of three writes, version {{use}}." },
      },
    ],
  },
];

/** A write, then a plan of two executors' steps at once and a writing one after them, then the answer. */
const planTurns: ScriptedTurnInput[] = [
  ...lookingStep(1),
  ...lookingStep(2),
  ...writingStep,
  // The arguments of the calls stay in the thread: they tell how far it has come.
  { when: { ...planner, contains: GOAL }, ...ANSWER },
  { when: { ...planner, contains: FIRST.value }, tool_calls: [plan] },
  { when: planner, text: "First I write it. ({{use}})", tool_calls: [write] },
];

const repeatable = (turns: ScriptedTurnInput[]) => turns.map((turn) => ({ ...turn, times: "any" as const }));

export const SIMPLE: Shape = {
  name: "simple",
  message: "Say something.",
  turns: repeatable([{ when: planner, ...ANSWER }]),
  steps: 0,
  writes: [],
};

export const TOOL: Shape = {
  name: "tool",
  message: "Write it.",
  turns: repeatable([
    { when: { ...planner, contains: FIRST.value }, ...ANSWER },
    { when: planner, text: "First I write it. ({{use}})", tool_calls: [write] },
  ]),
  steps: 0,
  writes: [FIRST],
};

export const PLAN: Shape = {
  name: "plan",
  message: "Write it, look at both parts, and write them down.",
  turns: repeatable(planTurns),
  steps: 3,
  writes: [FIRST, SECOND, THIRD],
};

/** A plan whose second executor thinks for longer than workers may be silent. */
export const SLOW: Shape = {
  ...PLAN,
  name: "slow",
  turns: PLAN.turns.map((turn) =>
    turn.when?.contains === taskOf(2) ? { ...turn, first_token_ms: 800 } : turn
  ),
};

/** The same as a plan, but somebody stops it on the way. */
export const CANCEL: Shape = { ...PLAN, name: "cancel" };

/** A write that somebody is asked about. */
export const ASK: Shape = { ...TOOL, name: "ask", asks: { tool: "create_book", declined: [] } };

/** Two of them in one turn, of which one is declined. */
export const ASK_TWO: Shape = {
  name: "ask two",
  message: "Write both.",
  turns: repeatable([
    { when: { ...planner, contains: FIRST.value }, ...ANSWER },
    {
      when: planner,
      tool_calls: [write, {
        name: "create_book",
        arguments: { title: DECLINED.value, notes: "Version {{use}}." },
      }],
    },
  ]),
  steps: 0,
  writes: [FIRST],
  asks: { tool: "create_book", declined: [DECLINED] },
};

/** A plan whose own step asks about a write, beside an executor's. */
export const ASK_STEP: Shape = {
  name: "ask step",
  message: "Look at it, and write it down.",
  turns: repeatable([
    ...lookingStep(1),
    { when: { ...onStep(2), last: "tool" }, tool_calls: [submitted(2)] },
    { when: onStep(2), tool_calls: [write] },
    { when: { ...planner, contains: GOAL }, ...ANSWER },
    { when: planner, tool_calls: [askingPlan] },
  ]),
  steps: 2,
  writes: [FIRST],
  asks: { tool: "create_book", declined: [] },
};
