// Starts auth and REST (rest/main.ts) on a database that has its schema.
import { z } from "zod";
import type { Log } from "./process/child.ts";
import { denoEnvironment } from "./process/environment.ts";
import type { Guard } from "./process/guard.ts";
import type { Upkeep } from "./process/upkeep.ts";

export interface Rest {
  url: string;
  stop(): Promise<void>;
}

interface RestOptions {
  database_url: string;
  publishable_key: string;
  /** Signs the tokens of users; has 32 characters at least. */
  jwt_secret: string;
  /** Where the stack is reached; links in mails point there. */
  site_url: string;
  /** The schemas that are served, the default first. */
  schemas: readonly string[];
  upkeep: Upkeep;
  guard: Guard;
  log: Log;
}

/** Resolves when both answer. */
export async function startRest(options: RestOptions): Promise<Rest> {
  const child = await options.upkeep.start({
    name: "rest",
    command: Deno.execPath(),
    // The packages behind it look at files of their own, the system and the environment.
    args: [
      ...["run", "--no-prompt", "--allow-net", "--allow-env", "--allow-sys", "--allow-read"],
      new URL("./rest/main.ts", import.meta.url).href,
    ],
    env: {
      ...denoEnvironment(),
      LITE_TELEMETRY: "0",
      PORT: String(options.upkeep.port()),
      DATABASE_URL: options.database_url,
      PUBLISHABLE_KEY: options.publishable_key,
      SITE_URL: options.site_url,
      JWT_SECRET: options.jwt_secret,
      SCHEMAS: options.schemas.join(","),
    },
    ready: /at (http:\/\/127\.0\.0\.1:\d+)/,
    guard: options.guard,
    log: options.log,
  });
  return { url: z.string().parse(child.ready[1]), stop: child.stop };
}
