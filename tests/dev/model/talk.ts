// Conversations with the demo model as the agents lead them: its calls are answered until it has said its last word.
import {
  ANSWER_PROMPT,
  plannerPrompt,
  questionPrompt,
  requestPrompt,
} from "../../../shared/agents/loop/prompts.ts";
import { CREATE_PLAN } from "../../../shared/agents/planner/create_plan.ts";
import { SUBMIT_RESULT } from "../../../shared/agents/loop/step_loop.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import type { OfferedTool, Row } from "../../../dev/model/brain/conversation.ts";
import { think } from "../../../dev/model/brain/think.ts";
import { CompletionRequest, type Message } from "../../../dev/model/request.ts";

const KNOWN = { now: "Sunday 2026-11-22T16:30+01:00", time_zone: "Europe/Berlin" };

export interface Talk {
  tools: readonly OfferedTool[];
  /** The result of a call; none ends the talk there. */
  answer(name: string, args: Row): Json | undefined;
}

export interface Said {
  text: string;
  /** The call that was not answered. */
  last?: { name: string; arguments: Row };
  messages: Message[];
}

/** A chat with the planner. */
export function chat(message: string, talk: Talk, known: Row = {}): Said {
  return converse([
    { role: "system", content: plannerPrompt("a test") },
    { role: "user", content: requestPrompt({ ...KNOWN, ...known }, message) },
  ], { ...talk, tools: [...talk.tools, { ...CREATE_PLAN }] });
}

/** A step of a plan; `earlier` are the results of the steps before. */
export function step(task: string, talk: Talk, earlier?: Json): Said {
  const results = earlier === undefined
    ? ""
    : `\nResults of earlier steps: <data>${JSON.stringify(earlier).replaceAll("<", "\\u003c")}</data>`;
  const content = `Goal: something\nTask: ${task}\nNow: ${KNOWN.now} (${KNOWN.time_zone})${results}`;
  return converse([{ role: "system", content: "" }, { role: "user", content }], {
    ...talk,
    tools: [...talk.tools, { ...SUBMIT_RESULT }],
  });
}

/** The planner's answer to a question of an executor. */
export function answered(user_message: string, question: string): string {
  const content = questionPrompt({ user_message, goal: "A goal", task: "A task", question });
  const opening = [{ role: "system", content: ANSWER_PROMPT }, { role: "user", content }];
  return converse(opening, { tools: [], answer: () => undefined }).text;
}

/** That the last call, which hands a question in, was taken. */
export function toolResult(messages: readonly Message[]) {
  const id = messages.at(-1)?.tool_calls?.[0]?.id ?? "";
  return { role: "tool", tool_call_id: id, content: '{"ok":true,"data":null,"message":"Submitted."}' };
}

/** Goes on from these messages. */
export function converse(opening: readonly unknown[], { tools, answer }: Talk): Said {
  const messages = CompletionRequest.shape.messages.parse(opening);
  for (let turn = 1; turn <= 12; turn++) {
    const { text, calls } = think({ messages, tools: [...tools] });
    if (calls.length === 0) return { text, messages };
    const made = calls.map((call, n) => ({ call, id: `call_${turn}_${n}` }));
    messages.push(...CompletionRequest.shape.messages.parse([{
      role: "assistant",
      content: text,
      tool_calls: made.map(({ id, call }) => ({
        ...{ id, type: "function" },
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      })),
    }]));
    for (const { id, call } of made) {
      const result = answer(call.name, call.arguments);
      if (result === undefined) return { text, last: call, messages };
      messages.push(...CompletionRequest.shape.messages.parse([
        { role: "tool", tool_call_id: id, content: JSON.stringify(result) },
      ]));
    }
  }
  throw new Error("The model did not come to an end");
}
