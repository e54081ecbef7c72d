// A model whose host may fall silent. The port never throws, so what `pass` throws is seen as the model layer
// shows it once its own retries are used up: `network` before the first event, `truncated_stream` after it.
import type { Model } from "../../../shared/agents/ports.ts";
import type { FailedTurn, ModelEvent } from "../../../shared/contracts/model.ts";
import { modelFailure } from "../../../shared/contracts/model_failure.ts";
import { NO_USAGE, type Usage } from "../../../shared/contracts/usage.ts";
import type { Pass } from "./fault_point.ts";

/** Every so many events of a turn count as its middle. */
const MIDDLE_EVERY = 10;

const ONE_CALL: Usage = { ...NO_USAGE, model_calls: 1 };

/**
 * The points are `model:before`, `model:first_event`, `model:middle` at every tenth event, and `model:after` when
 * the whole answer has come; each is passed before the reader sees the event.
 */
export function faultyModel(model: Model, pass: Pass): Model {
  return {
    models: model.models,
    prices: model.prices,
    async *streamTurn(request, options): AsyncGenerator<ModelEvent> {
      if (await breaks(pass, "model:before")) return yield broken("network", ONE_CALL);
      let seen = 0;
      for await (const event of model.streamTurn(request, options)) {
        if (event.type === "finished") {
          if (await breaks(pass, "model:after")) return yield broken("truncated_stream", event.usage);
          return yield event;
        }
        seen += 1;
        const point = seen === 1 ? "model:first_event" : seen % MIDDLE_EVERY === 0 ? "model:middle" : null;
        const spoken = event.type !== "failed" && event.type !== "aborted";
        if (spoken && point !== null && await breaks(pass, point)) {
          return yield broken("truncated_stream", { ...ONE_CALL, estimated: true });
        }
        yield event;
      }
    },
  };
}

async function breaks(pass: Pass, point: Parameters<Pass>[0]): Promise<boolean> {
  return await pass(point).then(() => false, () => true);
}

function broken(kind: "network" | "truncated_stream", usage: Usage): FailedTurn {
  return { type: "failed", kind, retryable: modelFailure(kind).retryable, model: "", usage };
}
