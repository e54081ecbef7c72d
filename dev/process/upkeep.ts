// How long the processes of a stack are kept running: until they end, or until they are stopped, whatever ends them.
import { setTimeout } from "node:timers/promises";
import { type Child, type ChildOptions, startChild } from "./child.ts";
import { freePort } from "./port.ts";

export interface Upkeep {
  start(options: ChildOptions): Promise<Child>;
  /** Where a process is to listen; 0 for any free port. */
  port(): number;
}

/** A process that ends by itself is left at that. */
export const STARTED_ONCE: Upkeep = { start: startChild, port: () => 0 };

/** A process that ends by itself is started again, and listens where it was. */
export const KEPT_RUNNING: Upkeep = { start: keepRunning, port: freePort };

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** As startChild; `ended` resolves only after `stop`. */
export async function keepRunning(options: ChildOptions): Promise<Child> {
  let child = await startChild(options);
  const { ready } = child;
  const stopped = new AbortController();

  async function again(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !stopped.signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await setTimeout(pause, undefined, { signal: stopped.signal });
      try {
        child = await startChild(options);
        return options.log("stack", `${options.name} runs again`);
      } catch (error) {
        options.log("stack", error instanceof Error ? error.message : String(error));
      }
    }
  }

  async function keep(): Promise<Deno.CommandStatus> {
    for (;;) {
      const status = await child.ended;
      if (stopped.signal.aborted) return status;
      await again().catch(() => {});
      if (stopped.signal.aborted) await child.stop();
    }
  }

  const ended = keep();
  return {
    get pid() {
      return child.pid;
    },
    ready,
    ended,
    async stop() {
      stopped.abort();
      await child.stop();
      await ended;
    },
  };
}
