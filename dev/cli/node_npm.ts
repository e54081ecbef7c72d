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

type Streams = Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr">;

/** The command, to be run or spawned: npm from the path, Node from npm. */
export function npm(
  args: readonly string[],
  options: NpmOptions,
  streams: Streams = {},
): Promise<Deno.Command> {
  return onNode("npm", args, options, streams);
}

/** Vite of the packages in `cwd`, without an npm between it and its signals: that hands none on. */
export async function vite(options: NpmOptions, streams: Streams = {}): Promise<Deno.Command> {
  return await onNode(await nodeProgram(), ["node_modules/vite/bin/vite.js"], options, streams);
}

async function onNode(
  program: string,
  args: readonly string[],
  { cwd, env }: NpmOptions,
  streams: Streams,
): Promise<Deno.Command> {
  const own = denoEnvironment();
  const PATH = `${dirname(await nodeProgram())}:${own.PATH}`;
  return new Deno.Command(program, {
    ...{ args: [...args], cwd, clearEnv: true, stdin: "null", ...streams },
    env: { ...own, ...env, PATH, npm_config_update_notifier: "false" },
  });
}
