// The edge functions, unmodified, each in a process of its own, with the environment that the platform gives.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Entries } from "./parts.ts";
import type { Child, Log } from "./process/child.ts";
import { denoEnvironment } from "./process/environment.ts";
import type { Guard } from "./process/guard.ts";
import { KEPT_RUNNING, STARTED_ONCE } from "./process/upkeep.ts";

export const FUNCTION_NAMES = ["agent-planner", "agent-executor"] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export interface FunctionsOptions {
  /** The gateway's address: where the functions find auth, REST and each other. */
  supabase_url: string;
  publishable_key: string;
  /** What else they read: the model (LLM_*), budgets, how long they live. */
  settings: Record<string, string>;
  guard: Guard;
  log: Log;
  /** Another Deno than the one that runs this, such as the version that the platform has. */
  deno?: string;
  /** `on_change` starts a function again when one of its files is saved, and when it ends by itself. */
  restart: "on_change" | "never";
  /** The folder that they work in; this repository if not given. In another one nothing is written. */
  root?: URL;
  /** Their `deno.json`; the one in `root` if not given. */
  config?: URL;
  /** The files to serve; the functions' own `index.ts` if not given. */
  entries?: Entries;
}

export interface Functions {
  /** The address of each function that runs. */
  addresses: Record<string, string>;
  /** Why the others do not, by name. */
  problems: Record<string, string>;
  stop(): Promise<void>;
}

const REPOSITORY = new URL("../", import.meta.url);

/** Starts the functions and waits until they listen. One that does not boot does not keep the other from it. */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const children: Child[] = [];
  const functions: Functions = {
    addresses: {},
    problems: {},
    stop: async () => {
      await Promise.all(children.map((child) => child.stop()));
    },
  };
  await Promise.all(FUNCTION_NAMES.map(async (name) => {
    try {
      const child = await startFunction(name, options);
      children.push(child);
      functions.addresses[name] = addressOf(child);
    } catch (error) {
      functions.problems[name] = error instanceof Error ? error.message : String(error);
    }
  }));
  return functions;
}

/** Where the function listens. */
export function addressOf(child: Child): string {
  return z.string().parse(child.ready[1]);
}

/** Starts one function and waits until it listens. Throws when it does not boot. */
export function startFunction(name: FunctionName, options: FunctionsOptions): Promise<Child> {
  const root = options.root ?? REPOSITORY;
  const entry = fileURLToPath(
    options.entries?.[name] ?? new URL(`supabase/functions/${name}/index.ts`, root),
  );
  const { start, port } = options.restart === "on_change" ? KEPT_RUNNING : STARTED_ONCE;
  const env: Record<string, string> = {
    ...denoEnvironment(),
    ...options.settings,
    SUPABASE_URL: options.supabase_url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: options.publishable_key }),
  };
  return start({
    name,
    command: options.deno ?? Deno.execPath(),
    args: [
      "serve",
      ...["--host", "127.0.0.1", "--port", String(port()), "--no-prompt"],
      ...["--config", fileURLToPath(options.config ?? new URL("deno.json", root))],
      // A package.json of the project's would have them look for a folder of packages.
      "--node-modules-dir=none",
      ...(options.restart === "on_change" ? ["--watch"] : []),
      // An older Deno can't read the lockfile of this one, and does not know the flag, which makes a request's
      // signal fire for a lost client only, as on the platform.
      ...(options.deno === undefined ? ["--unstable-no-legacy-abort"] : []),
      ...(options.deno !== undefined || root.href !== REPOSITORY.href ? ["--no-lock"] : []),
      // Packages ask for the environment and the system they run on; nothing may read, write or run.
      ...["--allow-net", "--allow-env", "--allow-sys", entry],
    ],
    env,
    ready: /Listening on (http:\/\/127\.0\.0\.1:\d+)/,
    // Under --watch a function that does not boot waits for its next version.
    broken: /^Watcher Process failed/,
    guard: options.guard,
    log: options.log,
    cwd: fileURLToPath(root),
  });
}
