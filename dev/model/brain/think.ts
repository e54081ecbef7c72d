// The brain of the demo model: rules in place of a language model. It knows only what it is sent, and it tells
// from the tools on offer who it is: a step's worker, the planner, or somebody who is asked a question
// or for a summary.
import { callsOf, type Conversation, type Prompt, readPrompt, type Thought } from "./conversation.ts";
import { mentionsName } from "./match.ts";
import { recall, summarise, summaryTaskIn } from "./memory.ts";
import { planFor } from "./plan.ts";
import { planAnswer } from "./plan_answer.ts";
import { pursue, type Pursuit } from "./pursuit.ts";
import { smallTalk } from "./talk.ts";
import { type Undertaking, type Wish, wishesIn } from "./wish.ts";
import { workOn } from "./worker.ts";

/** Answers a prompt, in the same way every time. */
export function think(prompt: Prompt): Thought {
  const part = prompt.tools.length === 0 ? summaryTaskIn(prompt.messages) : null;
  if (part) return says(summarise(part));
  const conversation = readPrompt(prompt);
  if (conversation.tools.has("submit_result")) return workOn(conversation);
  const question = /\b(?:executor|agent|step)\b[^\n]*\basks?\b:?\s*(.+)/is.exec(conversation.request)?.[1];
  if (conversation.tools.size === 0 && question !== undefined) return says(answerTo(question, conversation));
  const remembered = recall(conversation.request, prompt.messages);
  return remembered === null ? plan(conversation) : says(remembered);
}

function plan(conversation: Conversation): Thought {
  const { request, now, time_zone } = conversation;
  const known = conversation.facts.projects.map((project) => project.name);
  const wishes = wishesIn({ text: request, now, time_zone, known });
  const undertaking = wishes.find((wish) => wish.kind === "undertaking");
  if (undertaking !== undefined) return undertake(undertaking, conversation);
  if (wishes.length === 0) return says(smallTalk(conversation));

  const pursuits = wishes.filter((wish): wish is Exclude<Wish, Undertaking> => wish.kind !== "undertaking")
    .map((wish) => pursue(wish, conversation));
  const calls = pursuits.flatMap((pursuit) => "calls" in pursuit ? pursuit.calls : []);
  if (calls.length > 0 && conversation.tools.size > 0) return { text: "", calls };
  return says(pursuits.map(words).join("\n\n"));
}

function undertake(wish: Undertaking, conversation: Conversation): Thought {
  const plans = callsOf(conversation, "create_plan");
  const outcomes = plans.flatMap((call) => call.outcome === undefined ? [] : [call.outcome]);
  if (outcomes.length > 0) return says(planAnswer(outcomes, conversation));
  if (!conversation.tools.has("create_plan")) return says("That takes a plan, and I can't make one here.");
  const draft = planFor(wish, conversation.request, conversation.tools);
  return {
    text: "This takes several steps. I will look things up first, side by side, and then make the changes.",
    calls: [{ name: "create_plan", arguments: { goal: draft.goal, steps: draft.steps } }],
  };
}

/** The planner's answer to an executor: the candidate that the user's own words name; no guess where none does. */
function answerTo(question: string, { request }: Conversation): string {
  const candidates = Array.from(
    question.split(":").slice(1).join(":").matchAll(/["“]([^"”]+)["”]/g),
    (m) => m[1] ?? "",
  );
  if (candidates.length === 0) return "Take the most reasonable assumption, and say which one you took.";
  const said = request.slice(0, request.indexOf(question));
  const chosen = candidates.find((name) => mentionsName(said, name));
  return chosen === undefined ? "None of these is meant." : `Take the project "${chosen}".`;
}

function words(pursuit: Pursuit): string {
  return "says" in pursuit ? pursuit.says : "I could not finish that part.";
}

function says(text: string): Thought {
  return { text, calls: [] };
}
