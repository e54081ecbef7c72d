// One process of a short-lived function: it stands by until a request comes, serves this one, and is gone.
import { fileURLToPath } from "node:url";
import { addressOf, type FunctionName } from "../../../dev/functions.ts";
import { type Child, type Log, startChild } from "../../../dev/process/child.ts";
import { denoEnvironment } from "../../../dev/process/environment.ts";
import type { Guard } from "../../../dev/process/guard.ts";

/** How a process came to its end: it had nothing more to do, its time was up, or a test killed it. */
export type End = "done" | "time_up" | "killed";

export interface Worker {
  name: FunctionName;
  /** What it serves, such as `POST /agent-planner`. */
  request: string;
  /** Null while it lives. */
  readonly end: End | null;
  readonly ended: Promise<End>;
  /** SIGKILL. Resolves when the process has ended. */
  kill(): Promise<void>;
  /** SIGSTOP: it stands still, and its connections stay open. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

export interface WorkerOptions {
  supabase_url: string;
  publishable_key: string;
  /** LLM_*, RUN_* and whatever else the functions read. */
  settings: Record<string, string>;
  /** From the request on, in milliseconds; Infinity for none. */
  limit_ms: number;
  guard: Guard;
  log: Log;
}

/** At this share of its time a process is told that it will be ended. */
const WARNING = 0.9;
const ENTRY = fileURLToPath(new URL("runtime.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** Starts a process that waits for its request. */
export function standBy(name: FunctionName, options: WorkerOptions): Promise<Child> {
  return startChild({
    name,
    command: Deno.execPath(),
    args: [
      ...["serve", "--host", "127.0.0.1", "--port", "0", "--no-prompt", "--unstable-no-legacy-abort"],
      ...["--config", CONFIG, "--allow-net", "--allow-env", "--allow-sys", ENTRY],
    ],
    env: {
      ...denoEnvironment(),
      ...options.settings,
      SUPABASE_URL: options.supabase_url,
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: options.publishable_key }),
      FUNCTION_NAME: name,
    },
    ready: /Listening on (http:\/\/127\.0\.0\.1:\d+)/,
    guard: options.guard,
    log: options.log,
  });
}

/** Has a process serve the request; its time runs from now on. */
export function serve(
  { name, child, request, limit_ms, warning_ms = limit_ms * WARNING }: {
    name: FunctionName;
    child: Child;
    request: Request;
    limit_ms: number;
    warning_ms?: number;
  },
): { worker: Worker; answer: Promise<Response> } {
  const url = new URL(request.url);
  let end: End | null = null;
  let wanted: End = "done";
  const timers = limit_ms === Infinity ? [] : [
    setTimeout(() => signal("SIGUSR2"), warning_ms),
    setTimeout(() => kill("time_up"), limit_ms),
  ];
  const ended = child.ended.then(() => {
    timers.forEach(clearTimeout);
    return end = wanted;
  });

  function signal(what: Deno.Signal): void {
    if (end !== null) return;
    try {
      Deno.kill(child.pid, what);
    } catch {
      // It has ended this very moment.
    }
  }

  function kill(why: End): void {
    if (end !== null) return;
    wanted = why;
    signal("SIGKILL");
  }

  async function answer(): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.delete("host");
    try {
      const answer = await fetch(addressOf(child) + url.pathname + url.search, {
        method: request.method,
        headers,
        body: request.body,
        redirect: "manual",
        signal: request.signal,
      });
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
      const passed = answer.body ? answer.body.pipeTo(writable) : writable.close();
      passed.catch(() => {}).finally(() => signal("SIGTERM"));
      return new Response(answer.body && readable, answer);
    } catch (error) {
      signal("SIGTERM");
      throw error;
    }
  }

  const worker: Worker = {
    name,
    request: `${request.method} ${url.pathname}`,
    get end() {
      return end;
    },
    ended,
    async kill() {
      kill("killed");
      await ended;
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
  };
  return { worker, answer: answer() };
}
