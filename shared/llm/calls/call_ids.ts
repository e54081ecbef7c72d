// Ids for tool calls to which the host gave none, or one that an earlier call of the conversation has.
import type { ModelMessage } from "../../contracts/model.ts";

export interface CallIds {
  /** The ids that the conversation has used up. */
  taken: ReadonlySet<string>;
  newId(): string;
}

/** The ids in use in `messages`, and a source of new ones; `random` gives numbers from 0 up to 1. */
export function callIds(messages: readonly ModelMessage[], random: () => number): CallIds {
  const taken = new Set(
    messages.flatMap((message) => message.role === "assistant" ? message.tool_calls ?? [] : []).map((
      { id },
    ) => id),
  );
  return { taken, newId: () => `call_${digits(random())}${digits(random())}` };
}

function digits(random: number): string {
  return Math.floor(random * 36 ** 8).toString(36).padStart(8, "0");
}
