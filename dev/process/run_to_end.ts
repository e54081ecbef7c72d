// A program that has this terminal, and that ends with the process that started it, whatever ends that.
import type { Guard } from "./guard.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Hands on the signals that ask this process to end, and resolves when the program has ended. */
export async function runToEnd(command: Deno.Command, guard: Guard): Promise<Deno.CommandStatus> {
  const child = command.spawn();
  guard.watch(child.pid);
  const handed = SIGNALS.map((signal) => {
    const listener = () => hand(child, signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  const status = await child.status;
  guard.forget(child.pid);
  for (const end of handed) end();
  return status;
}

function hand(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}
