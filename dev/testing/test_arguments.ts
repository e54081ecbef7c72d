// What stands after `deno task test`: files and folders, and everything else, which is for `deno test`.
import type { Depth } from "./test_files.ts";
import { depthOf, testFiles } from "./test_files.ts";

export interface TestSelection {
  files: string[];
  /** For `deno test`, before the files. */
  options: string[];
  /** From `--` on: for the tests themselves. */
  for_tests: string[];
}

/**
 * A folder stands for its files of this depth, a file for itself. Without either, all of tests/. A sentence for
 * words that name no test.
 */
export function selectTests(
  root: string,
  args: readonly string[],
  depth: Depth,
): TestSelection | { problem: string } {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const words = args.slice(0, end);
  const isWord = (word: string, at: number): boolean => !word.startsWith("-") && words[at - 1] !== "--filter";
  const isPath = (word: string, at: number): boolean => isWord(word, at) && exists(`${root}/${word}`);
  const paths = words.filter(isPath);
  const unknown = words.find((word, at) => isWord(word, at) && /\/|\.ts$/.test(word) && !isPath(word, at));
  if (unknown !== undefined) return { problem: `Cannot run ${unknown}: there is no such file or folder` };
  const options = words.filter((word, at) => !isPath(word, at));
  const files = (paths.length === 0 ? ["tests"] : paths).flatMap((path) => {
    const clean = path.replace(/^\.\//, "").replace(/\/+$/, "");
    return depthOf(clean) === null ? testFiles(root, clean, depth) : [clean];
  });
  if (files.length === 0) {
    return { problem: `Cannot run ${paths.join(" ")}: there is no ${depth} test in it` };
  }
  return { files: [...new Set(files)], options, for_tests: args.slice(end) };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}
