// The commands of a clone as its user calls them: real processes, with what they print.
import { denoEnvironment } from "../../../dev/process/environment.ts";
import { TextLineStream } from "../../../dev/process/lines.ts";

export interface TaskRun {
  code: number;
  /** What it printed, on both channels, without the line by which Deno says which task it runs. */
  output: string;
  seconds: number;
}

/** `deno task …` in a clone, to its end. */
export async function runTask(clone: string, args: readonly string[]): Promise<TaskRun> {
  const started = performance.now();
  const { code, stdout, stderr } = await command(clone, args).output();
  const text = new TextDecoder();
  const output = withoutTaskLine(text.decode(stderr)) + text.decode(stdout);
  return { code, output, seconds: (performance.now() - started) / 1000 };
}

/** Throws with what it printed where a command does not end well. */
export async function doTask(clone: string, args: readonly string[]): Promise<TaskRun> {
  const run = await runTask(clone, args);
  if (run.code !== 0) throw new Error(`deno task ${args.join(" ")} ended with ${run.code}:\n${run.output}`);
  return run;
}

export interface RunningStack extends AsyncDisposable {
  url: string;
  publishable_key: string;
  database_url: string;
  demo_user: { email: string; password: string };
  /** All lines so far. */
  lines: string[];
  seconds: number;
}

/** `deno task dev …`, until it says that it runs; ended as Ctrl-C ends it. Use with `await using`. */
export async function startDevTask(clone: string, args: readonly string[]): Promise<RunningStack> {
  const started = performance.now();
  const process = command(clone, ["dev", ...args]).spawn();
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      lines.push(line);
      if (/^ {2}Model +\S/.test(line)) ready.resolve();
    }
  };
  const ended = Promise.all([read(process.stdout), read(process.stderr), process.status]);
  void ended.then(() => ready.reject(new Error(`deno task dev ended:\n${lines.join("\n")}`)));
  const stop = async () => {
    process.kill("SIGINT");
    await ended;
  };
  try {
    await ready.promise;
    const said = (label: string) => {
      const [, value] = lines.map((line) => new RegExp(`^ {2}${label} +(\\S+)`).exec(line)).find(Boolean) ??
        [];
      if (value === undefined) throw new Error(`deno task dev says no ${label}:\n${lines.join("\n")}`);
      return value;
    };
    return {
      url: said("Supabase URL"),
      publishable_key: said("Publishable key"),
      database_url: said("Database"),
      demo_user: { email: said("Demo user"), password: said("Password") },
      lines,
      seconds: (performance.now() - started) / 1000,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

function command(clone: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: clone,
    env: denoEnvironment(),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

function withoutTaskLine(text: string): string {
  return text.replace(/^Task .*\n/, "");
}
