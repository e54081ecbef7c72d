// `deno task dev` as a process, for tests that look at what it says and leaves behind.
import { fileURLToPath } from "node:url";
import { TextLineStream } from "../../../dev/process/lines.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** `deno task dev` on a free port, with everything that it writes in a folder of its own. */
export async function startDev(flags: string[], settings: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  // Postgres may run as another user.
  await Deno.chmod(folder, 0o755);
  const { DATABASE_URL: _, ...env } = Deno.env.toObject();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--unstable-no-legacy-abort", "dev/main.ts", "--verbose", ...flags],
    cwd: ROOT,
    env: { ...env, TMPDIR: folder, LLM_BASE_URL: "", ...settings },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const runs = Promise.withResolvers<boolean>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      lines.push(line);
      // The last of its lines.
      if (line.includes(`-d '{"message": "`)) runs.resolve(true);
    }
  };
  const output = Promise.all([read(process.stdout), read(process.stderr)]).then(() => runs.resolve(false));
  return { process, folder, lines, runs: runs.promise, output };
}
