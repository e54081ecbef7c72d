// A model that answers from a list, for tests of the agents alone: a call too many, or a turn that is left,
// fails the test.
import type { Model } from "../../../shared/agents/ports.ts";
import type {
  FinishedTurn,
  ModelEvent,
  ModelRequest,
  ModelToolCall,
} from "../../../shared/contracts/model.ts";
import { UNPRICED } from "../ports/meter_port.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";

export type ListedTurn =
  | Partial<Omit<FinishedTurn, "type">>
  | ((signal: AbortSignal) => AsyncIterable<ModelEvent>);

export interface ListedModel extends Model {
  readonly requests: ModelRequest[];
  /** Throws when a turn was not used. */
  end(): void;
}

export function listedModel(turns: ListedTurn[]): ListedModel {
  const waiting = [...turns];
  const requests: ModelRequest[] = [];
  return {
    models: { balanced: ["listed"], speed: ["listed"] },
    prices: UNPRICED,
    requests,
    async *streamTurn(request, { signal }) {
      requests.push(structuredClone(request));
      const turn = waiting.shift();
      if (!turn) throw new Error(`Unexpected model call: ${JSON.stringify(request.messages.at(-1))}`);
      if (typeof turn === "function") {
        yield* turn(signal);
        return;
      }
      if (turn.text) yield { type: "text_delta", text: turn.text };
      for (const call of turn.tool_calls ?? []) yield { type: "tool_call_started", name: call.name };
      yield {
        type: "finished",
        text: "",
        tool_calls: [],
        reasoning: "",
        finish_reason: turn.tool_calls ? "tool_calls" : "stop",
        model: "listed",
        usage: { ...NO_USAGE, model_calls: 1 },
        ...turn,
      };
    },
    end() {
      if (waiting.length > 0) throw new Error(`${waiting.length} turns were never used`);
    },
  };
}

/** A turn that gives nothing until it is aborted. */
export async function* hangingTurn(signal: AbortSignal): AsyncGenerator<ModelEvent> {
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  yield { type: "aborted", usage: { ...NO_USAGE, model_calls: 1 } };
}

export function toolCall(
  name: string,
  args: ModelToolCall["arguments"] | Record<string, string | number> = {},
) {
  const parsed: ModelToolCall["arguments"] = "ok" in args && typeof args.ok === "boolean"
    ? args
    : { ok: true, value: JSON.parse(JSON.stringify(args)) };
  return { id: `call_${name}`, name, arguments: parsed };
}
