// Circuit breakers, one per model, shared by all calls of a process: a host that is down is not tried by
// every step of every plan. After a pause one call tries it again, and its success lets the others back in.
import type { Clock } from "../../async/clock.ts";
import type { ModelFailureKind } from "../../contracts/model.ts";

/**
 * What says that a host is down, rather than that it dislikes a request: what one user's prompt brings about, a
 * filter, an overflow, a refused request, is nobody else's.
 */
const SIGNS_OF_DOWN: ReadonlySet<ModelFailureKind> = new Set(["overloaded", "network", "timeout"]);

export type ModelCallResult = { type: "finished" } | { type: "aborted" } | {
  type: "failed";
  kind: ModelFailureKind;
  /** A host that still wrote at the call's deadline is up: the prompt wanted a long answer. */
  host?: "writing";
};

export interface Breakers {
  /** Whether the model may be called now; a call that was let through has to be reported. */
  enter(model: string): { allowed: true } | { allowed: false; retry_after_ms: number };
  report(model: string, result: ModelCallResult): void;
}

interface State {
  failures: number;
  open_until: number;
  trial: "none" | "running";
}

/** Breakers that open after `failures` failures in a row, for `open_ms` milliseconds. */
export function createBreakers({ failures, open_ms, clock }: {
  failures: number;
  open_ms: number;
  clock: Clock;
}): Breakers {
  const states = new Map<string, State>();

  function stateOf(model: string): State {
    const state = states.get(model) ?? { failures: 0, open_until: 0, trial: "none" };
    states.set(model, state);
    return state;
  }

  return {
    enter(model) {
      const state = stateOf(model);
      if (state.failures < failures) return { allowed: true };
      const wait = state.open_until - clock.now();
      if (wait > 0) return { allowed: false, retry_after_ms: wait };
      if (state.trial === "running") return { allowed: false, retry_after_ms: open_ms };
      state.trial = "running";
      return { allowed: true };
    },
    report(model, result) {
      const state = stateOf(model);
      state.trial = "none";
      if (result.type === "aborted") return;
      if (result.type === "finished" || result.host === "writing" || !SIGNS_OF_DOWN.has(result.kind)) {
        state.failures = 0;
        return;
      }
      state.failures += 1;
      if (state.failures >= failures) state.open_until = clock.now() + open_ms;
    },
  };
}
