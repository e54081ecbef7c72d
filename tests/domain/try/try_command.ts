// `deno task try` as a process, for tests that look at what it says, how it ends, and what it leaves behind.
import { fileURLToPath } from "node:url";
import { TextLineStream } from "../../../dev/process/lines.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Starts it with everything that it writes in a folder of its own; without a model, unless settings name one. */
export async function startTry(args: string[], settings: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  // Postgres may run as another user.
  await Deno.chmod(folder, 0o755);
  const { DATABASE_URL: _, ...env } = Deno.env.toObject();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", "--unstable-no-legacy-abort", "dev/try.ts", ...args],
    cwd: ROOT,
    env: { ...env, TMPDIR: folder, LLM_BASE_URL: "", COLUMNS: "80", ...settings },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const begun = Promise.withResolvers<void>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      lines.push(line);
      if (line.startsWith("task ")) begun.resolve();
    }
  };
  const ended = Promise.all([read(process.stdout), read(process.stderr), process.status])
    .then(([, , { code }]) => {
      begun.resolve();
      return code;
    });
  return { process, folder, lines, ended, /** The stack runs, or all is over. */ begun: begun.promise };
}
