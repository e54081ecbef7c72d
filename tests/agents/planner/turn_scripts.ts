// Turns of every kind, as a scripted model plays them: what is at stake when processes are lost.
import type { ModelScript, ScriptedAnswer } from "../../support/models/answering_model.ts";
import { planArguments, type PlannedStep } from "../../support/agents/plans.ts";

const plan = (text: string, steps: PlannedStep[]): ScriptedAnswer => ({
  text,
  tools: [["create_plan", planArguments(steps)]],
});
const submit = (n: number, result: Record<string, string | string[]> = {}): ScriptedAnswer => ({
  tools: [["submit_result", { status: "completed", summary: `Step ${n} is done.`, ...result }]],
});
const change = (n: number): ScriptedAnswer => ({ tools: [["change", { n }]] });
const LOOK: ScriptedAnswer = { tools: [["look", {}], ["look", {}]] };

const writing = { executor_required: false, tools: ["change"] };
const question = "Which of the two?";

export const TURN_SCRIPTS: Record<string, ModelScript> = {
  "an answer at once": { planner: [{ text: "Hello there, my friend." }] },
  "tools of the planner's own": {
    planner: [
      { text: "Let me look.", tools: [["look", {}], ["look_long", {}]] },
      { text: "I change it.", tools: [["change", { n: 1 }], ["change", { n: 2 }]] },
      { text: "All is done." },
    ],
  },
  "a plan of two executors and a step that writes": {
    planner: [
      plan("Let me plan.", [
        { step_number: 1, tools: ["look"] },
        { step_number: 2, tools: ["look"] },
        { step_number: 3, ...writing, depends_on: [1, 2] },
      ]),
      { text: "All is done." },
    ],
    "step 1": [LOOK, submit(1)],
    "step 2": [submit(2)],
    "step 3": [change(1), change(2), submit(3)],
  },
  "an executor that asks": {
    planner: [plan("", [{ step_number: 1, tools: ["look"] }]), { text: "It was the first." }],
    "step 1": [LOOK, submit(1, { status: "needs_input", open_questions: [question] }), LOOK, submit(1)],
    question: [{ text: "The first." }],
  },
  "a plan that fails and is mended": {
    planner: [
      plan("", [
        { step_number: 1, tools: ["look"] },
        { step_number: 2, tools: ["look"] },
        { step_number: 3, ...writing, depends_on: [2] },
      ]),
      plan("Once more.", [{ step_number: 4, ...writing, depends_on: [1] }]),
      { text: "Now it is done." },
    ],
    "step 1": [submit(1)],
    "step 2": [LOOK, submit(2, { status: "failed" })],
    "step 4": [change(1), submit(4)],
  },
};
