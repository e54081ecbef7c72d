import { fileURLToPath } from "node:url";
import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import { TextLineStream } from "../../../dev/process/lines.ts";

const Started = z.object({
  url: z.string(),
  publishable_key: z.string(),
  database_url: z.string(),
  kept_in: z.string(),
  demo_user: z.object({ email: z.string(), password: z.string() }),
});

const MAIN = fileURLToPath(new URL("./kept_stack_main.ts", import.meta.url));

/** A stack on the data kept for `root`. Use with `await using`. Errors: what it says of why it can't be. */
export async function keptStack(root: string, from: "before" | "nothing") {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", "--unstable-no-legacy-abort", MAIN, root, from],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    .getReader();
  const said: unknown = JSON.parse((await lines.read()).value ?? "null");
  const end = async () => {
    await process.stdin.close();
    await process.status;
    await lines.cancel();
  };
  const started = Started.safeParse(said);
  if (!started.success) {
    await end();
    throw new Error(JSON.stringify(said));
  }
  const { url, publishable_key } = started.data;
  const client = createClient(url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  return { ...started.data, client, [Symbol.asyncDispose]: end };
}
