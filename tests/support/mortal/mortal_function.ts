// A function whose process may be killed at any moment. The next one stands ready, as on a platform that boots a
// new worker when the old one is gone.
import { addressOf, type FunctionName } from "../../../dev/functions.ts";
import type { Child } from "../../../dev/process/child.ts";

export interface MortalFunction {
  /** Where its living process listens, or will. */
  address(): Promise<string>;
  /** Whether this process, counted from 1, is the living one. */
  lives(process: number): boolean;
  /** SIGKILL for this process, unless it is dead already. Resolves when it has ended. */
  kill(process: number): Promise<void>;
  stop(): Promise<void>;
}

interface MortalFunctionOptions {
  name: FunctionName;
  /** Starts its n-th process. */
  start(process: number): Promise<Child>;
  /** Told the new address as soon as a process has died. */
  onAddress(address: Promise<string>): void;
}

export async function startMortalFunction(options: MortalFunctionOptions): Promise<MortalFunction> {
  let process = 0;
  let started = 0;
  let stopped = false;
  const boot = (): Promise<Child> => {
    const child = options.start(++started);
    // Whoever waits for it learns of the failure; until then nobody may be waiting.
    child.catch(() => {});
    return child;
  };
  let living = boot();
  let next = boot();

  /** The spare takes over, and a new spare is started. */
  function succeed(): void {
    process += 1;
    const mine = process;
    if (mine > 1) {
      living = next;
      next = boot();
    }
    options.onAddress(address());
    living.then(({ ended }) => ended).then(() => {
      if (!stopped && mine === process) succeed();
    }, () => {});
  }

  function address(): Promise<string> {
    const found = living.then(addressOf);
    found.catch(() => {});
    return found;
  }

  async function kill(which: number): Promise<void> {
    if (which !== process) return;
    const child = await living;
    if (which !== process) return void await child.ended;
    Deno.kill(child.pid, "SIGKILL");
    succeed();
    await child.ended;
  }

  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all([living, next].map((child) => child.then(({ stop }) => stop(), () => {})));
  }

  succeed();
  try {
    await living;
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, lives: (which) => which === process, kill, stop };
}
