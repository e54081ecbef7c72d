// Runs the code of the pages as a reader would: TypeScript as a program of its own with the real client, shell
// commands in a shell.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { testStack } from "../stack/stack.ts";
import { type Fence, REPOSITORY } from "./pages.ts";

const CONFIG = ["--config", `${REPOSITORY}deno.json`, "--lock", `${REPOSITORY}deno.lock`, "--frozen"];
const READER = pathToFileURL(`${REPOSITORY}tests/support/docs/reader.ts`).href;

export interface Program {
  fence: Fence;
  file: string;
}

/** A block as a file. A path in its info string says where its relative imports lead from; else it is the root. */
export async function writeProgram(fence: Fence, folder: string): Promise<Program> {
  const shown = fence.info || "program.ts";
  const file = join(folder, `${fence.page}-${fence.line}-${shown}`.replaceAll(/[^\w.-]/g, "_"));
  const code = fence.code.replaceAll(
    /(from|import) "(\.\.?\/[^"]+)"/g,
    (_, keyword, path) => `${keyword} "${pathToFileURL(join(REPOSITORY, dirname(shown), path)).href}"`,
  );
  await Deno.writeTextFile(file, fence.info === "" ? `${readerImport(code)}\n${code}` : code);
  return { fence, file };
}

/** What a block uses and does not define itself. */
function readerImport(code: string): string {
  const names = ["url", "publishable_key", "email", "password", "run_id", "last_seq", "supabase", "show"];
  const used = names.filter((name) => {
    const defined = new RegExp(`\\b(const|let|import) (\\{[^}]*\\b)?${name}\\b`).test(code);
    return !defined && new RegExp(`\\b${name}\\b`).test(code);
  });
  return used.length > 0 ? `import { ${used.join(", ")} } from "${READER}";` : "";
}

/** Type-checks programs. Throws with what the compiler says. */
export async function checkTypes(programs: readonly Program[]): Promise<void> {
  const { success, output } = await run(Deno.execPath(), [
    "check",
    ...CONFIG,
    ...programs.map(({ file }) => file),
  ], {});
  assert.ok(success, output);
}

/** Runs a program and gives what it printed. Throws when it fails. */
export async function runProgram({ fence, file }: Program, env: Record<string, string>): Promise<string> {
  const args = [
    "run",
    "--no-check",
    "--no-prompt",
    "--allow-net=127.0.0.1,localhost",
    "--allow-env",
    ...CONFIG,
    file,
  ];
  const { success, output } = await run(Deno.execPath(), args, env);
  assert.ok(success, `${fence.page}:${fence.line}\n${output}`);
  return output;
}

/** Runs one shell command with the address of the pages read as the stack's. Throws when it fails. */
export async function runShell(command: string, env: Record<string, string>): Promise<string> {
  const local = command.replaceAll("http://127.0.0.1:54321", testStack().url);
  const { success, output } = await run("sh", ["-euc", local], env);
  assert.ok(success, `${command}\n${output}`);
  return output;
}

async function run(program: string, args: string[], env: Record<string, string>) {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
  const text = new TextDecoder();
  return { success, output: `${text.decode(stdout)}${text.decode(stderr)}` };
}
