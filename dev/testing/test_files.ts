// Which files are tests, and which of them are deep. Quick ones (`*_test.ts`) are run all the time; deep ones
// (`*_deep_test.ts`) try every place where something may break, and take minutes each.
import { relative } from "node:path/posix";
import type { PartsName } from "../parts.ts";

export const DEPTHS = ["quick", "deep"] as const;
export type Depth = typeof DEPTHS[number];

export interface TestGroup {
  /** What its line says: a folder, or a deep file. */
  name: string;
  files: string[];
}

const DEEP = /_deep_test\.ts$/;
const TEST = /_test\.ts$/;
/** What is tested as it is deployed. All else is the engine's, and is tested on a domain of the tests' own. */
const PRODUCT = /^tests\/(domain|deploy|docs|security)\/|^tests\/db\/schema_rights_test/;
/** The groups that take longest begin first, so that nothing waits for them alone. */
const LONGEST_FIRST = ["tests/e2e", "tests/dev", "tests/db", "tests/domain"];
/** A group of more files than this becomes two. */
const LARGE = 30;
const SECOND = " (2)";

/** The test files below `folder`, sorted, as paths from `root`. */
export function testFiles(root: string, folder: string, depth: Depth): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of Deno.readDirSync(path)) {
      const inside = `${path}/${entry.name}`;
      if (entry.isDirectory) visit(inside);
      else if (depthOf(entry.name) === depth) found.push(relative(root, inside));
    }
  };
  visit(`${root}/${folder}`);
  return found.sort();
}

/** Null for what is no test. */
export function depthOf(file: string): Depth | null {
  if (!TEST.test(file)) return null;
  return DEEP.test(file) ? "deep" : "quick";
}

/** What the stack serves that this file is tested on. */
export function partsFor(file: string): PartsName {
  return PRODUCT.test(file) ? "product" : "test_domain";
}

/** Quick files by the folder below tests/, deep ones each by itself; what takes longest comes first. */
export function inGroups(files: readonly string[], depth: Depth): TestGroup[] {
  const groups = Map.groupBy(files, (file) => depth === "deep" ? file : folderOf(file));
  const place = (name: string): number => (LONGEST_FIRST.indexOf(name.replace(SECOND, "")) + 1) || Infinity;
  return [...groups].flatMap(([name, files]) => halved({ name, files }))
    .sort((a, b) => place(a.name) === place(b.name) ? 0 : place(a.name) - place(b.name));
}

/** Every other file of a large group is in the second half, so that files alike are in both. */
function halved({ name, files }: TestGroup): TestGroup[] {
  if (files.length <= LARGE) return [{ name, files }];
  const half = (rest: number) => files.filter((_, at) => at % 2 === rest);
  return [{ name, files: half(0) }, { name: name + SECOND, files: half(1) }];
}

function folderOf(file: string): string {
  const parts = file.split("/");
  return parts.slice(0, Math.min(2, parts.length - 1)).join("/");
}
