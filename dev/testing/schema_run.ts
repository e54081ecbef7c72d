// The tests once more with the engine in a schema of its own: `deno task test` in a copy of the repository in which it
// has been moved, as `init` moves it.
import { writeMovedTree } from "../schema/moved_tree.ts";
import { readSum } from "./final_sum.ts";
import type { TestCounts } from "./test_output.ts";

/** What is proven there: runs from end to end, their clients, attacks on them, and the self-test. */
export const MOVED_TESTS: readonly string[] = [
  ...["tests/e2e", "tests/client", "tests/security", "tests/tools", "tests/dev/security"],
  ...["tests/db/security_findings_test.ts"],
];

export interface SchemaRun extends TestCounts {
  /** All that was written. */
  output: string;
  seconds: number;
}

/** Runs these tests there. `show` gets all output as it comes. */
export async function runInSchema(
  schema: string,
  args: readonly string[],
  show: (bytes: Uint8Array) => void = () => {},
): Promise<SchemaRun> {
  const started = performance.now();
  const folder = await Deno.makeTempDir({ prefix: `agents-in-${schema}-` });
  try {
    await writeMovedTree(folder, schema);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--unstable-no-legacy-abort", "dev/test.ts", ...args],
      cwd: folder,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let output = "";
    const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const bytes of stream) {
        show(bytes);
        output += decoder.decode(bytes, { stream: true });
      }
    };
    await Promise.all([read(child.stdout), read(child.stderr)]);
    await child.status;
    const counts = readSum(output) ?? { passed: 0, failed: 1, ignored: 0 };
    return { ...counts, output, seconds: (performance.now() - started) / 1000 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
