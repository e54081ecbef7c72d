// One `deno test` on a list of files: its output read and, if wished, shown; ended when it stands still.
import { tmpdir } from "node:os";
import { readTestOutput, type TestOutcome } from "./test_output.ts";

export interface TestRun {
  files: readonly string[];
  /** Further words for `deno test`. */
  options: readonly string[];
  /** For the tests themselves, from `--` on. */
  for_tests: readonly string[];
  /** The whole environment; nothing is inherited. */
  env: Record<string, string>;
  /** How long it may write nothing before it is taken to hang, and is ended. */
  patience_ms: number;
  /** Gets all output as it comes. */
  show?(bytes: Uint8Array): void;
  /** Told now and then of a test that says nothing for long, with the seconds of silence so far. */
  onSilence?(test: string, seconds: number): void;
}

export interface TestRunResult extends TestOutcome {
  /** The sentence about a test that hung. */
  hung: string | null;
  seconds: number;
}

const SILENCE_MS = 30_000;

/** The tests reach nothing but this machine and write nothing but temporary files. */
const PERMISSIONS = [
  ...["--allow-net=127.0.0.1,localhost", "--allow-read", `--allow-write=${tmpdir()}`],
  ...["--allow-env", "--allow-sys", "--allow-run"],
];

/** Runs the files in one process. A test that hangs fails by its name, and takes the rest of its files with it. */
export async function runTests(run: TestRun): Promise<TestRunResult> {
  const started = performance.now();
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--unstable-no-legacy-abort", "--no-prompt", ...PERMISSIONS],
      ...[...run.options, ...run.files, ...run.for_tests],
    ],
    env: run.env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = readTestOutput();
  let hung: string | null = null;
  let heard = performance.now();
  const watch = setInterval(() => {
    const silent_ms = performance.now() - heard;
    const test = output.underWay();
    const seconds = Math.round(silent_ms / 1000);
    if (silent_ms >= run.patience_ms) {
      hung ??= `Hung: ${test} said nothing for ${seconds} s and was ended`;
      kill(process);
    } else if (silent_ms >= SILENCE_MS) run.onSilence?.(test, seconds);
  }, Math.min(SILENCE_MS, run.patience_ms) / 2);

  /** `take` tells whether it was something new. */
  const read = async (stream: ReadableStream<Uint8Array>, take: (text: string) => boolean): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      run.show?.(bytes);
      if (take(decoder.decode(bytes, { stream: true }))) heard = performance.now();
    }
  };
  let stderr = "";
  await Promise.all([
    read(process.stdout, output.write),
    read(process.stderr, (text) => (stderr += text) !== ""),
  ]);
  const { code } = await process.status;
  clearInterval(watch);
  const outcome = output.end(code, stderr);
  const failures = hung === null ? outcome.failures : `${hung}\n${outcome.failures}`;
  return { ...outcome, failures, hung, seconds: (performance.now() - started) / 1000 };
}

function kill(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}
