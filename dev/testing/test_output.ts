// What `deno test` writes, read as it comes: which test is under way, how many passed and failed, and the words
// about failures. The counts are those of its last line; without that line the runner died, which is a failure.

export interface TestCounts {
  passed: number;
  failed: number;
  ignored: number;
}

export interface TestOutcome extends TestCounts {
  /** What `deno test` said about the failures, or its last words when it died. Empty when all passed. */
  failures: string;
  /** The sentences in which tests say why they were left out: lines that begin with `Skipped: `. */
  skips: string[];
}

export interface TestOutput {
  /** Takes the next piece, which may end anywhere. False when it only says that a test still runs. */
  write(text: string): boolean;
  /** The test that has begun and not ended, with its file; between tests, the one before. */
  underWay(): string;
  /** Call it when `deno test` has ended, with its exit code and what it wrote to stderr. */
  end(code: number, stderr: string): TestOutcome;
}

const FILE = /^running \d+ tests? from (\S+)$/;
const BEGUN = /^(\S.*) \.\.\.\s*$/;
const ENDED = /^\S.* \.\.\. (ok|FAILED|cancelled|ignored)\b/;
const SKIP = /^Skipped: /;
const CAPTURED_BEGIN = /^-+ (?:post-test |pre-test )?output -+$/;
const CAPTURED_END = /^-+ (?:post-test |pre-test )?output end -+$/;
const SUM =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored(?: \([^)]*\))?)?/;
/** What `deno test` says of a slow test, behind the test's name or, after output of the test, on a line of its own. */
const SLOW = /^(?:(.*) \.\.\.'\1'|'.*') has been running for over \(.*\)\n/gm;
// deno-lint-ignore no-control-regex -- the escape character is what colours begin with
const COLOURS = /\x1b\[[0-9;]*m/g;
/** Of a runner that died. */
const LAST_LINES = 60;

/** Reads the standard reporter of `deno test`, one process. */
export function readTestOutput(): TestOutput {
  const lines: string[] = [];
  const seen = { passed: 0, failed: 0, ignored: 0 };
  const skips: string[] = [];
  let rest = "";
  let file = "";
  let test: string | null = null;
  let ended: string | null = null;
  let captured = false;

  function read(line: string): void {
    lines.push(line);
    if (SKIP.test(line) && !skips.includes(line)) skips.push(line);
    if (CAPTURED_BEGIN.test(line)) captured = true;
    else if (CAPTURED_END.test(line)) captured = false;
    if (captured) return;
    const [, next_file] = FILE.exec(line) ?? [];
    if (next_file !== undefined) [file, ended] = [next_file, null];
    const [, word] = ENDED.exec(line) ?? [];
    if (word !== undefined) {
      ended = line.slice(0, line.lastIndexOf(` ... ${word}`));
      test = null;
      if (word === "ok") seen.passed += 1;
      else if (word === "ignored") seen.ignored += 1;
      else seen.failed += 1;
    } else {
      test = BEGUN.exec(line)?.[1] ?? test;
    }
  }

  return {
    write(text) {
      const before = rest;
      const whole = (rest + text.replace(COLOURS, "")).replace(SLOW, (_, name) => name ? `${name} ...` : "");
      const parts = whole.split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) read(line);
      return whole !== before;
    },
    underWay() {
      const name = captured ? test : BEGUN.exec(rest)?.[1] ?? test;
      if (name !== null) return `${file} "${name}"`;
      return ended === null ? `${file} before its first test` : `${file} after "${ended}"`;
    },
    end(code, stderr) {
      const under_way = this.underWay();
      if (rest !== "") read(rest);
      const [, passed, failed, ignored] = SUM.exec(lines.findLast((line) => line !== "") ?? "") ?? [];
      if (passed === undefined) return died({ ...seen, skips }, [`It was at ${under_way}`, ...lines], stderr);
      const counts = { passed: Number(passed), failed: Number(failed), ignored: Number(ignored ?? 0), skips };
      if (code === 0) return { ...counts, failures: "" };
      const failures = lines.slice(Math.max(0, lines.indexOf(" ERRORS "))).join("\n");
      // A runner that says that it failed and names nothing, as when the file of a filter is missing.
      return counts.failed > 0
        ? { ...counts, failures }
        : { ...counts, failed: 1, failures: `${failures}\n${stderr}` };
    },
  };
}

/** Type errors, a file that can't be found, and what kills a process: there is no sum, but there is a failure. */
function died(seen: TestCounts & Pick<TestOutcome, "skips">, lines: string[], stderr: string): TestOutcome {
  const said = lines.filter((line) => line !== "");
  const failures = [...said.slice(0, 1), ...said.slice(1).slice(-LAST_LINES), stderr.trim()].join("\n");
  return { ...seen, failed: seen.failed + 1, failures };
}
