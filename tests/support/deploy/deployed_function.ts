// A deployed function, started from nothing but the files that were uploaded, in the Deno of one's choice.
import { join } from "node:path";
import { z } from "zod";
import { type Child, type Log, startChild } from "../../../dev/process/child.ts";
import { denoEnvironment } from "../../../dev/process/environment.ts";
import type { Guard } from "../../../dev/process/guard.ts";
import type { Upload } from "./fake_management_api.ts";
import { npmPlatform, npmProgram } from "../../../dev/cli/npm_program.ts";

/** The Deno that the platform's edge runtime vendors (its deno/Cargo.toml of April 2026), and ours. */
export const DENO_VERSIONS = ["2.1.4", "2.9.6"] as const;
export type DenoVersion = typeof DENO_VERSIONS[number];

/** The program of this version, out of the npm package. */
export function denoProgram(version: DenoVersion): Promise<string> {
  const suffix = Deno.build.os === "linux" ? "-glibc" : "";
  return npmProgram({ package_name: `@deno/${npmPlatform()}${suffix}`, version, path: "deno" });
}

export interface StartOptions {
  deno: string;
  /** SUPABASE_URL and its siblings, LLM_*. */
  env: Record<string, string>;
  guard: Guard;
  log: Log;
}

/** Starts it and waits until it listens. */
export async function startDeployed(
  { slug, folder, metadata }: Upload,
  { deno, env, guard, log }: StartOptions,
): Promise<{ url: string; child: Child }> {
  const child = await startChild({
    name: slug,
    command: deno,
    args: [
      ...["serve", "--host", "127.0.0.1", "--port", "0", "--no-prompt"],
      // The platform gets no lockfile either.
      ...["--no-lock", "--config", join(folder, metadata.import_map_path)],
      ...["--allow-net", "--allow-env", "--allow-sys", join(folder, metadata.entrypoint_path)],
    ],
    env: { ...denoEnvironment(), ...env },
    ready: /Listening on (http:\/\/127\.0\.0\.1:\d+)/,
    guard,
    log,
    cwd: folder,
  });
  return { url: z.string().parse(child.ready[1]), child };
}
