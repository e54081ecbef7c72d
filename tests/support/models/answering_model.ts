// A model that answers what it is asked: which turn comes next follows from the request alone. Asked for the same
// turn again, it answers in other words, with other ids and arguments, as a real model does, so that whatever mixes
// two attempts at a turn shows.
import { pause } from "../../../shared/async/pause.ts";
import type { Clock } from "../../../shared/async/clock.ts";
import type { Model } from "../../../shared/agents/ports.ts";
import { ANSWER_PROMPT, plannerPrompt } from "../../../shared/agents/loop/prompts.ts";
import type { ModelRequest, ModelToolCall } from "../../../shared/contracts/model.ts";
import type { JsonObject } from "../../../shared/contracts/text.ts";
import { ABOUT } from "../ports/tool_port.ts";
import { UNPRICED } from "../ports/meter_port.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";

export interface ScriptedAnswer {
  text?: string;
  tools?: [name: string, args: JsonObject][];
}

/** The turns of each speaker: `planner`, `step 1`, …, `question`. */
export type ModelScript = Record<string, ScriptedAnswer[]>;

export interface AnsweringModel extends Model {
  /** How often each turn was asked for, such as `step 1, turn 2`. */
  readonly asked: Map<string, number>;
}

const USAGE = { ...NO_USAGE, model_calls: 1, input_tokens: 10, output_tokens: 2 };

export function answeringModel(script: ModelScript, clock: Clock): AnsweringModel {
  const asked = new Map<string, number>();
  return {
    models: { balanced: ["answering"], speed: ["answering"] },
    prices: UNPRICED,
    asked,
    async *streamTurn(request, { signal }) {
      const turns = request.messages.filter((message) => message.role === "assistant").length;
      const name = `${speaker(request)}, turn ${turns + 1}`;
      const attempt = (asked.get(name) ?? 0) + 1;
      asked.set(name, attempt);
      const answer = script[speaker(request)]?.[turns];
      if (!answer) throw new Error(`The script has no ${name}`);
      const { text, tools } = inOtherWords(answer, attempt);
      for (const piece of text.split(/(?<= )/)) {
        await pause(clock, 100, signal);
        if (signal.aborted) return yield { type: "aborted", usage: USAGE };
        if (piece !== "") yield { type: "text_delta", text: piece };
      }
      for (const [tool] of tools) yield { type: "tool_call_started", name: tool };
      await pause(clock, 100, signal);
      if (signal.aborted) return yield { type: "aborted", usage: USAGE };
      yield {
        type: "finished",
        text,
        tool_calls: tools.map(([tool, value], i): ModelToolCall => ({
          id: `call_${turns}_${i}_${attempt}`,
          name: tool,
          arguments: { ok: true, value },
        })),
        reasoning: "",
        finish_reason: tools.length > 0 ? "tool_calls" : "stop",
        model: "answering",
        usage: USAGE,
      };
    },
  };
}

/** The answer of a first attempt as it is, of a later one with something of its own in every part. */
function inOtherWords(
  { text = "", tools = [] }: ScriptedAnswer,
  attempt: number,
): Required<ScriptedAnswer> {
  if (attempt === 1) return { text, tools };
  const mark = ` [attempt ${attempt}]`;
  return {
    text: text === "" ? "" : text + mark,
    tools: tools.map(([name, args]) => {
      // The agents' own tools take no arguments but their own; the others take any.
      const own = ["goal", "summary"].filter((key) => key in args);
      const changed = own.map((key) => [key, `${args[key]}${mark}`]);
      return [name, own.length > 0 ? { ...args, ...Object.fromEntries(changed) } : { ...args, attempt }];
    }),
  };
}

/** What was said, or written as JSON, without what tells one attempt from another. */
export function inFirstWords(text: string): string {
  return text.replace(/ \[attempt \d+\]|,?"attempt":\d+/g, "");
}

function speaker({ messages }: ModelRequest): string {
  const [system, task] = messages;
  if (system?.content === plannerPrompt(ABOUT)) return "planner";
  if (system?.content === ANSWER_PROMPT) return "question";
  return `step ${/^Task: .*step number (\d+)/m.exec(task?.content ?? "")?.[1]}`;
}
