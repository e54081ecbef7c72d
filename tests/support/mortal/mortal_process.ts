// A process of the system as a test sees it: it reaches the world through calls, and at any of them it may die,
// freeze, or lose a request or an answer on the way.
import type { Clock } from "../../../shared/async/clock.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";

export type Fate =
  /** It ends, and what it was about to do is not done. */
  | "dies before"
  /** It ends, and never hears of what it has done. */
  | "dies after"
  /** It stands still, longer than any lease, and goes on as if nothing had happened. */
  | "freezes"
  /** The request does not get through. */
  | "request lost"
  /** The request is carried out, but its answer does not get through. */
  | "answer lost";

/** Whose process it is. */
export type Role = "planner" | "executor";

/** What happens to a call, by its number among all calls, counted from 1, its name, and who makes it. */
export type Fates = (at: number, name: string, role: Role) => Fate | null;

/** The calls of all processes, in their order. */
export interface CallLog {
  readonly calls: string[];
  readonly fates: Fates;
}

export interface MortalProcess {
  /** Aborts when the process dies. */
  readonly died: AbortSignal;
  /** Its timers end with it, and stand still while it does. */
  readonly clock: Clock;
  /** A call over the network. Throws `loss` when its request or its answer is lost; never returns to the dead. */
  call<T>(name: string, work: () => Promise<T>, loss?: () => Error): Promise<T>;
  /** A call that tells by its result how it went, so that nothing is lost without a word. */
  safeCall<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** So long a process stands still. */
export const FROZEN_MS = 40_000;

export function createProcess({ calls, fates }: CallLog, clock: Clock, role: Role): MortalProcess {
  const death = new AbortController();
  let awake = Promise.resolve();

  async function present() {
    if (death.signal.aborted) await NEVER;
    await awake;
  }

  async function safeCall<T>(name: string, work: (fate: Fate | null) => Promise<T>): Promise<T> {
    await present();
    const fate = fates(calls.push(name), name, role);
    if (fate === "dies before") death.abort();
    if (fate === "freezes") awake = new Promise((resolve) => clock.after(FROZEN_MS, resolve));
    await present();
    try {
      return await work(fate);
    } finally {
      if (fate === "dies after") death.abort();
      await present();
    }
  }

  return {
    died: death.signal,
    clock: {
      now: clock.now,
      after(ms, fn) {
        const taken_off = new AbortController();
        const cancel = clock.after(ms, async () => {
          await awake;
          if (!death.signal.aborted && !taken_off.signal.aborted) fn();
        });
        return () => {
          cancel();
          taken_off.abort();
        };
      },
    },
    safeCall,
    call: (name, work, loss = networkDown) =>
      safeCall(name, async (fate) => {
        if (fate === "request lost") throw loss();
        const result = await work();
        if (fate === "answer lost") throw loss();
        return result;
      }),
  };
}

const NEVER = new Promise<never>(() => {});

function networkDown(): AgentError {
  return new AgentError("internal", "The network is down.", { retryable: true });
}
