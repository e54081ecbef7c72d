// One of the projects beside this file, with the engine in it, as `deno task init` writes it.
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readEngine } from "../../../dev/init/engine.ts";
import { runInit } from "../../../dev/init/run_init.ts";
import { testStack } from "../stack/stack.ts";

/** A copy that goes with the test; use with `await using`. */
export async function adoptedProject(name: "todos" | "crm" | "chat", files: Record<string, string> = {}) {
  const root = await Deno.realPath(await Deno.makeTempDir());
  // Postgres may run as another user.
  await Deno.chmod(root, 0o755);
  await cp(fileURLToPath(new URL(`./${name}`, import.meta.url)), root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  }
  const lines: string[] = [];
  const code = await runInit(["--into", root], {
    ...{ cwd: root, now: new Date(), engineIn: readEngine, server_url: testStack().admin_url },
    line: (text = "") => void lines.push(text),
  });
  if (code !== 0) throw new Error(`init ended with ${code}:\n${lines.join("\n")}`);
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}
