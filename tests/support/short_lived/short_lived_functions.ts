// The functions as the platform runs them at its harshest: every request gets a process of its own, which is killed
// when its time is up, whatever it is doing, and is gone as soon as it has answered and works on nothing.
import { FUNCTION_NAMES, type FunctionName } from "../../../dev/functions.ts";
import { startGateway, type Upstreams } from "../../../dev/gateway.ts";
import type { Child, Log } from "../../../dev/process/child.ts";
import { startGuard } from "../../../dev/process/guard.ts";
import { serve, standBy, type Worker } from "./worker.ts";

export interface ShortLivedOptions {
  /** Where auth and REST are. */
  auth_and_rest: string;
  publishable_key: string;
  /** LLM_*, RUN_* and whatever else the functions read. */
  settings: Record<string, string>;
  /** How long a process may live from its request on, in milliseconds; Infinity for as long as it works. */
  limit_ms: number;
  /** When it is told that it will be ended; without it at nine tenths of its time, as the platform does by default. */
  warning_ms?: number;
  /** How many processes of each function stand by. */
  spare: Record<FunctionName, number>;
  /** Asked before a request is passed on: an answer is given in place of the function's. */
  refuse?(request: Request): Response | null;
  log: Log;
}

export interface ShortLivedFunctions extends AsyncDisposable {
  /** The gateway's address. */
  url: string;
  /** Every process that has got a request, in the order of the requests. */
  workers: readonly Worker[];
}

/** Starts the gateway and the processes that stand by. Use with `await using`. */
export async function startShortLivedFunctions(options: ShortLivedOptions): Promise<ShortLivedFunctions> {
  const { auth_and_rest, publishable_key, settings, limit_ms, warning_ms, spare, refuse, log } = options;
  await using cleanup = new AsyncDisposableStack();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const upstreams: Upstreams = { auth_and_rest, functions: {}, problems: {} };
  const gateway = startGateway(0, upstreams, log);
  cleanup.defer(gateway.stop);

  const started = new Set<Promise<Child>>();
  let stopped = false;
  cleanup.defer(async () => {
    stopped = true;
    await Promise.all([...started].map((child) => child.then(({ stop }) => stop(), () => {})));
  });
  const worker_options = { supabase_url: gateway.url, publishable_key, settings, limit_ms, guard, log };
  const pool = new Map<FunctionName, Promise<Child>[]>();
  for (const name of FUNCTION_NAMES) pool.set(name, Array.from({ length: spare[name] }, () => boot(name)));

  function boot(name: FunctionName): Promise<Child> {
    const child = standBy(name, worker_options);
    started.add(child);
    child.then(({ ended }) => ended).then(() => started.delete(child), () => {});
    return child;
  }

  function take(name: FunctionName): Promise<Child> {
    const waiting = pool.get(name) ?? [];
    const child = waiting.shift();
    if (!stopped) waiting.push(boot(name));
    return child ?? boot(name);
  }

  const workers: Worker[] = [];
  const door = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    // As the platform answers for a worker that is gone before it has answered.
    onError: () => new Response(null, { status: 546 }),
  }, async (request) => {
    const name = FUNCTION_NAMES.find((one) => new URL(request.url).pathname.split("/")[1] === one);
    if (name === undefined) return new Response(null, { status: 404 });
    const refusal = refuse?.(request) ?? null;
    if (refusal) return refusal;
    const child = await take(name);
    const { worker, answer } = serve({ name, child, request, limit_ms, warning_ms });
    workers.push(worker);
    return await answer;
  });
  cleanup.defer(() => door.shutdown());
  for (const name of FUNCTION_NAMES) upstreams.functions[name] = `http://127.0.0.1:${door.addr.port}`;

  await Promise.all([...pool.values()].flat());
  const running = cleanup.move();
  return { url: gateway.url, workers, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
