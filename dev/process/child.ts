// One child process: started, waited for until it says that it is ready, logged line by line, ended.
import { TextLineStream } from "./lines.ts";
import type { Guard } from "./guard.ts";

/** Where the lines of all processes go: who said it, and what. */
export type Log = (source: string, line: string) => void;

export interface ChildOptions {
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment; nothing is inherited. */
  env: Record<string, string>;
  /** The line that says "ready"; its groups are handed to the caller. */
  ready: RegExp;
  /** A line that says that it will not get ready. */
  broken?: RegExp;
  guard: Guard;
  log: Log;
  cwd?: string;
  uid?: number;
  gid?: number;
}

export interface Child {
  pid: number;
  /** What `ready` matched. */
  ready: RegExpExecArray;
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<Deno.CommandStatus>;
  /** Ends the process with SIGINT, after five seconds with SIGKILL, and waits for it. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/** Starts a process and resolves when it is ready. Throws with its last lines if it ends or says nothing. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, guard } = options;
  const process = new Deno.Command(options.command, {
    args: [...options.args],
    env: options.env,
    clearEnv: true,
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    // Ctrl-C is for the process that was started; how its children end is for that one to say.
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  guard.watch(process.pid);

  const last: string[] = [];
  const ready = Promise.withResolvers<RegExpExecArray>();
  const fail = (what: string): void => ready.reject(new Error([`${name} ${what}`, ...last].join("\n  ")));
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      options.log(name, line);
      last.push(line);
      if (last.length > 20) last.shift();
      const match = options.ready.exec(line);
      if (match) ready.resolve(match);
      if (options.broken?.test(line)) fail("did not start. Its last lines:");
    }
  };
  const output = Promise.all([read(process.stdout), read(process.stderr)]);

  const ended = process.status.then(async (status) => {
    await output;
    guard.forget(process.pid);
    return status;
  });
  let wanted = false;
  const stop = async (): Promise<void> => {
    wanted = true;
    signal(process, "SIGINT");
    const timer = setTimeout(() => signal(process, "SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };

  const timer = setTimeout(
    () => fail("did not get ready within a minute. Its last lines:"),
    READY_TIMEOUT_MS,
  );
  ended.then((status) => fail(`ended with code ${status.code} before it was ready. Its last lines:`));
  try {
    const match = await ready.promise;
    ended.then(({ code }) => wanted || options.log("stack", `${name} ended by itself, with code ${code}`));
    return { pid: process.pid, ready: match, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function signal(process: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    process.kill(name);
  } catch {
    // It has ended already.
  }
}
