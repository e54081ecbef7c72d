// What a client has already. It adds what it is sent to the messages that it has, so that a run which it is told a second
// time would be said twice there. Which messages it has, its request says.
import { z } from "zod";
import type { ProjectedFrame } from "../frame.ts";
import type { Projection } from "../projection.ts";
import type { AgUiBody } from "./ag_ui_event.ts";

const Held = z.object({
  id: z.string().optional(),
  role: z.string(),
  content: z.string().nullish().catch(null),
  toolCalls: z.array(z.object({ id: z.string(), function: z.object({ arguments: z.string() }) })).nullish()
    .catch(null),
});

/** By the ids of messages how much text the client has of each, and by those of tool calls how much of the arguments. */
export type Held = ReadonlyMap<string, number>;

/** What a client has of the run's messages; what it has that is none of an agent's is left out. */
export function heldIn(messages: readonly unknown[]): Held {
  const held = new Map<string, number>();
  for (const one of messages) {
    const message = Held.safeParse(one).data;
    if (!message || !/^(assistant|tool)$/.test(message.role)) continue;
    if (message.id !== undefined) held.set(message.id, message.content?.length ?? 0);
    for (const call of message.toolCalls ?? []) held.set(call.id, call.function.arguments.length);
  }
  return held;
}

interface Left<State> {
  state: State;
  /** So much of what the client has was not passed over yet. */
  left: Held;
}

/** The same, but that nothing is added to what the client has: not the same text, arguments or results again. */
export function withoutHeld<State>(
  { initial, project }: Projection<State>,
  held: Held,
): Projection<Left<State>> {
  return {
    initial: { state: initial, left: held },
    project({ state: before, left: some }, event) {
      const [state, frames] = project(before, event);
      if (held.size === 0) return [{ state, left: some }, frames];
      let left = some;
      const shown = frames.map((frame) => {
        const [next, rest] = passedOver(left, held, frame);
        left = next;
        return rest;
      });
      return [{ state, left }, shown];
    },
  };
}

const Addition = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("TEXT_MESSAGE_CONTENT"), messageId: z.string(), delta: z.string() }),
  z.looseObject({ type: z.literal("TOOL_CALL_ARGS"), toolCallId: z.string(), delta: z.string() }),
  z.looseObject({ type: z.literal("TOOL_CALL_RESULT"), messageId: z.string() }),
]);

function passedOver(left: Held, held: Held, frame: ProjectedFrame): [Held, ProjectedFrame] {
  const addition = Addition.safeParse(JSON.parse(frame.data)).data;
  if (addition === undefined) return [left, frame];
  const told = toldBefore(frame, addition);
  if (addition.type === "TOOL_CALL_RESULT") return [left, held.has(addition.messageId) ? told : frame];
  const id = addition.type === "TOOL_CALL_ARGS" ? addition.toolCallId : addition.messageId;
  const has = left.get(id) ?? 0;
  if (has === 0) return [left, frame];
  const delta = addition.delta.slice(has);
  const next = new Map(left).set(id, Math.max(0, has - addition.delta.length));
  return [next, delta === "" ? told : { ...frame, data: JSON.stringify({ ...addition, delta }) }];
}

/** In the place of what is not told again, because a reader who misses a frame would ask for it. */
function toldBefore(frame: ProjectedFrame, { timestamp }: z.infer<typeof Addition>): ProjectedFrame {
  const custom: AgUiBody = { type: "CUSTOM", name: "agent.told_before", value: {} };
  return { ...frame, data: JSON.stringify({ ...custom, timestamp }) };
}
