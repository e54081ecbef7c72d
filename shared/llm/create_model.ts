// The model as the agents know it: a list of models behind one endpoint, tried in order with retries,
// seen as one clean stream. Make one per process: its circuit breakers are shared by the calls that it serves.
import type OpenAI from "openai";
import type { Clock } from "../async/clock.ts";
import type { Log, Model, TokenPrice, TurnOptions } from "../agents/ports.ts";
import { AgentError } from "../contracts/errors.ts";
import type {
  FailedTurn,
  ModelEvent,
  ModelFailureKind,
  ModelProfile,
  ModelRequest,
} from "../contracts/model.ts";
import { addUsage, NO_USAGE } from "../contracts/usage.ts";
import type { Usage } from "../contracts/usage.ts";
import { streamAttempt } from "./attempt.ts";
import type { Attempt, AttemptEnd } from "./attempt.ts";
import { attemptOf } from "./attempt_of.ts";
import { createBreakers } from "./failures/breaker.ts";
import type { Breakers, ModelCallResult } from "./failures/breaker.ts";
import type { Delta } from "./speech/turn_text.ts";
import { callIds } from "./calls/call_ids.ts";
import type { ModelConfig, ModelSettings } from "./config.ts";
import { createHostClient } from "./host_client.ts";
import type { ModelRow } from "./model_table.ts";
import { modelFailure } from "../contracts/model_failure.ts";
import { pause } from "../async/pause.ts";
import { failureEntry } from "./failures/failure_log.ts";
import { moreUseful, nextMove } from "./failures/retry_policy.ts";

export interface ModelDeps {
  fetch: typeof fetch;
  clock: Clock;
  log: Log;
  /** From 0 up to 1. */
  random(): number;
}

/**
 * The model for these settings. Where they are incomplete, `streamTurn` throws AgentError
 * `model_misconfigured` with the variables to set, before there is a stream.
 */
export function createModel(config: ModelConfig, deps: ModelDeps): Model {
  if (config.state === "incomplete") {
    const { problem } = config;
    return {
      models: { balanced: [], speed: [] },
      prices: { balanced: null, speed: null },
      streamTurn() {
        throw new AgentError("model_misconfigured", problem);
      },
    };
  }
  const client = createHostClient(config, deps.fetch);
  const breakers = createBreakers({ ...config.breaker, clock: deps.clock });
  const names = (profile: ModelProfile) => config.models[profile].map(({ id }) => id);
  const price = (profile: ModelProfile) => dearest(config.models[profile]);
  return {
    models: { balanced: names("balanced"), speed: names("speed") },
    prices: { balanced: price("balanced"), speed: price("speed") },
    streamTurn: (request, options) =>
      streamTurn({ request, ...options, settings: config, client, breakers, deps }),
  };
}

type Failed = Omit<FailedTurn, "usage">;

/** What a call may cost whichever of the models answers; null where the price of one is not known. */
function dearest(rows: readonly ModelRow[]): TokenPrice | null {
  return rows.reduce<TokenPrice | null>((most, { price }) =>
    most && price && {
      input: Math.max(most.input, price.input, price.cached_input),
      output: Math.max(most.output, price.output),
    }, { input: 0, output: 0 });
}

interface Turn extends TurnOptions {
  request: ModelRequest;
  settings: ModelSettings;
  client: OpenAI;
  breakers: Breakers;
  deps: ModelDeps;
}

async function* streamTurn(turn: Turn): AsyncGenerator<ModelEvent> {
  const { request, signal, settings, client, breakers, deps } = turn;
  const { clock } = deps;
  const deadline_at = clock.now() + settings.timeouts.overall_ms;
  const rows = settings.models[request.profile];
  const ids = callIds(request.messages, deps.random);
  let usage: Usage = NO_USAGE;
  let told: Failed | null = null;

  for (const [position, row] of rows.entries()) {
    for (let attempt = 1;; attempt += 1) {
      if (signal.aborted) return yield { type: "aborted", usage };
      const entry = breakers.enter(row.id);
      if (!entry.allowed) {
        const left_alone = failure("overloaded", row.id, entry.retry_after_ms);
        told = told === null ? left_alone : moreUseful(left_alone, told);
        break;
      }
      const ended = yield* reported(breakers, {
        client,
        clock,
        request,
        row,
        settings,
        signal,
        deadline_at,
        ids,
      });
      turn.onAttempt?.(attemptOf(ended, row.id, clock.now()));
      const { sent: _, ...end } = ended;
      usage = addUsage(usage, end.usage);
      if (end.type === "aborted") return yield { type: "aborted", usage };
      if (end.type === "finished") return yield { ...end, usage };

      const { kind, retry_after_ms } = end.fault;
      const secrets = [settings.api_key, ...Object.values(row.extra_headers)];
      deps.log.error("A model call failed.", failureEntry(end, attempt, secrets));
      const failed = failure(kind, end.model, retry_after_ms);
      // Once something was shown, what broke it off is told, whatever went before.
      told = end.emitted === "something" ? failed : moreUseful(told, failed);
      const next = nextMove({
        kind,
        retry_after_ms,
        attempt,
        emitted: end.emitted,
        remaining_ms: deadline_at - clock.now(),
        models_left: rows.length - position - 1,
        random: deps.random(),
        retry: settings.retry,
      });
      if (next.move === "give_up") return yield { ...told, usage };
      if (next.move === "retry") await pause(clock, next.wait_ms, signal);
      if (turn.again && !signal.aborted) {
        const spent = usage;
        usage = NO_USAGE;
        if (!await turn.again(spent)) return yield { ...told, usage };
      }
      if (next.move === "next_model") break;
    }
  }
  yield { ...(told ?? failure("unknown", "", undefined)), usage };
}

/** An attempt whose result its model's breaker learns, also when the reader leaves in the middle. */
async function* reported(breakers: Breakers, attempt: Attempt): AsyncGenerator<Delta, AttemptEnd> {
  let result: ModelCallResult = { type: "aborted" };
  try {
    const end = yield* streamAttempt(attempt);
    result = end.type === "failed" ? { ...end.fault, type: "failed" } : { type: end.type };
    return end;
  } finally {
    breakers.report(attempt.row.id, result);
  }
}

function failure(
  kind: ModelFailureKind,
  model: string,
  retry_after_ms: number | undefined,
): Failed {
  const { retryable } = modelFailure(kind);
  return {
    type: "failed",
    kind,
    retryable,
    model,
    ...(retry_after_ms === undefined ? {} : { retry_after_ms }),
  };
}
