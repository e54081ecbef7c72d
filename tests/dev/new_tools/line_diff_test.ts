// Differences as `diff -u` prints them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { lineDiff } from "../../../dev/new_tools/line_diff.ts";

const NAMES = { before: "a", after: "b" };

Deno.test("two texts that are the same have no difference", () => {
  assert.equal(lineDiff("a\nb\n", "a\nb\n", NAMES), "");
});

Deno.test("a change stands between three lines of what is around it; changes far apart stand apart", () => {
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
  const changed = lines.map((line, i) => i === 4 ? "five" : line).filter((_, i) => i !== 25);
  assert.equal(
    lineDiff(lines.join("\n"), changed.join("\n"), NAMES),
    `--- a
+++ b
@@ -2,7 +2,7 @@
 line 1
 line 2
 line 3
-line 4
+five
 line 5
 line 6
 line 7
@@ -23,7 +23,6 @@
 line 22
 line 23
 line 24
-line 25
 line 26
 line 27
 line 28`,
  );
});

Deno.test("what is taken away and what is put there, applied to the one text, give the other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = lineDiff(before.join("\n") + "\n", after.join("\n") + "\n", NAMES);
      if (diff === "") return assert.deepEqual(before, after);
      const result: string[] = [...before];
      let moved = 0;
      let at = 0;
      for (const line of diff.split("\n").slice(2)) {
        const start = /^@@ -(\d+),(\d+)/.exec(line);
        if (start) at = Number(start[1]) - (start[2] === "0" ? 0 : 1) + moved;
        else if (line.startsWith("+")) result.splice(at++, 0, line.slice(1)), moved++;
        else if (line.startsWith("-")) {
          assert.equal(result[at], line.slice(1));
          result.splice(at, 1), moved--;
        } else assert.equal(result[at++], line.slice(1));
      }
      assert.deepEqual(result, after);
    }),
    { numRuns: 300 },
  );
});
