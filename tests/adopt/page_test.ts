// What the page about adopting shows is compared line by line.
import assert from "node:assert/strict";
import { isPrinted, pageScript, wordsOf } from "../support/adopt/page_script.ts";

const OUTPUT = "Writing version 0.1.0\n  110 files, 9 migrations\ndone in 3.2 s\n";

Deno.test("a page shows what a command prints where each line is the same but for what an ellipsis leaves open", () => {
  assert.ok(isPrinted("Writing version …\n  … files, … migrations\ndone in … s\n", OUTPUT));
  assert.ok(isPrinted("Writing version 0.1.0\n…\ndone in … s\n", OUTPUT));
  for (const shown of ["Writing version …\n", "Writing …\n  … files\ndone in … s\n", "…\ndone in … min\n"]) {
    assert.ok(!isPrinted(shown, OUTPUT), shown);
  }
});

Deno.test("the commands of a page are those of its plain sh blocks, each with the text that follows it", () => {
  const block = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\`\n`;
  const text = [
    block("sh", "deno task a   # first\ndeno task b"),
    block("text", "b"),
    block("sh hosted", "npx c"),
    block("sh", "deno task d"),
  ].join("\nAnd:\n\n");
  assert.deepEqual(pageScript({ path: "docs/page.md", text }).map(({ text, printed }) => [text, printed]), [
    ["deno task a", null],
    ["deno task b", "b\n"],
    ["deno task d", null],
  ]);
});

Deno.test("a command's words are a shell's", () => {
  assert.deepEqual(wordsOf('deno task ask --project ../app "Create a deal \\"Expansion\\""'), [
    ...["deno", "task", "ask", "--project", "../app", 'Create a deal "Expansion"'],
  ]);
});
