// What differs between two texts, line by line, as `diff -u` prints it.

const CONTEXT = 3;

interface Step {
  sign: " " | "-" | "+";
  line: string;
  /** How many lines of each text come before it. */
  before: number;
  after: number;
}

/** The differences, without a last line break; empty where there are none. */
export function lineDiff(before: string, after: string, names: { before: string; after: string }): string {
  const steps = stepsBetween(lines(before), lines(after));
  const hunks = hunksOf(steps);
  if (hunks.length === 0) return "";
  const printed = hunks.flatMap((hunk) => [heading(hunk), ...hunk.map(({ sign, line }) => sign + line)]);
  return [`--- ${names.before}`, `+++ ${names.after}`, ...printed].join("\n");
}

function lines(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

/** By the longest common subsequence: files of tools are short. */
function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    const row = common[i];
    for (let j = after.length - 1; row && j >= 0; j--) {
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const steps: Step[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length;) {
    const [old, next] = [before[i], after[j]];
    if (old !== undefined && old === next) steps.push({ sign: " ", line: old, before: i++, after: j++ });
    else if (old !== undefined && (next === undefined || at(i + 1, j) >= at(i, j + 1))) {
      steps.push({ sign: "-", line: old, before: i++, after: j });
    } else steps.push({ sign: "+", line: next ?? "", before: i, after: j++ });
  }
  return steps;
}

/** The changes with the lines around them. */
function hunksOf(steps: readonly Step[]): Step[][] {
  const hunks: Step[][] = [];
  let end = -1;
  steps.forEach(({ sign }, i) => {
    if (sign === " ") return;
    const start = Math.max(i - CONTEXT, end + 1, 0);
    const stop = Math.min(i + CONTEXT, steps.length - 1);
    const open = hunks.at(-1);
    if (open !== undefined && i - CONTEXT <= end + 1) open.push(...steps.slice(end + 1, stop + 1));
    else hunks.push(steps.slice(start, stop + 1));
    end = Math.max(end, stop);
  });
  return hunks;
}

function heading(hunk: readonly Step[]): string {
  const [first] = hunk;
  const count = (sign: string) => hunk.filter((step) => step.sign === " " || step.sign === sign).length;
  const range = (start: number, length: number) => `${length === 0 ? start : start + 1},${length}`;
  return `@@ -${range(first?.before ?? 0, count("-"))} +${range(first?.after ?? 0, count("+"))} @@`;
}
