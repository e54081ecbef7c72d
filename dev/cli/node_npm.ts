// npm on a Node of ours, for what other people's packages are built with: Vite wants a newer Node than many have.
import { dirname } from "node:path/posix";
import { denoEnvironment } from "../process/environment.ts";
import { npmPlatform, npmProgram } from "./npm_program.ts";

const VERSION = "22.23.3";

/** Its path. */
export function nodeProgram(): Promise<string> {
  return npmProgram({ package_name: `node-${npmPlatform()}`, version: VERSION, path: "bin/node" });
}

export interface NpmOptions {
  cwd: string;
  env?: Record<string, string>;
}

/** The command, to be run or spawned: npm from the path, Node from npm. */
export async function npm(
  args: readonly string[],
  { cwd, env }: NpmOptions,
  streams: Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr"> = {},
): Promise<Deno.Command> {
  const own = denoEnvironment();
  const PATH = `${dirname(await nodeProgram())}:${own.PATH}`;
  return new Deno.Command("npm", {
    ...{ args: [...args], cwd, clearEnv: true, stdin: "null", ...streams },
    env: { ...own, ...env, PATH, npm_config_update_notifier: "false" },
  });
}
