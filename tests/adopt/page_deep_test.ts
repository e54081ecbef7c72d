// Every command of docs/adopt.md does, on the CRM, what the page says, and prints what it shows.
import assert from "node:assert/strict";
import { workplace } from "../support/adopt/copy_tree.ts";
import { isPrinted, type PageCommand, pageScript, wordsOf } from "../support/adopt/page_script.ts";
import { runTask, startDevTask } from "../support/adopt/task_runs.ts";
import { pageAt } from "../support/docs/pages.ts";

const PAGE = "docs/adopt.md";

Deno.test("each command of docs/adopt.md prints what the page shows", async (t) => {
  await using place = await workplace("crm");
  await using running = new AsyncDisposableStack();
  const began = performance.now();
  for (const { line, text, ends, printed } of pageScript(pageAt(PAGE))) {
    await t.step(`line ${line}: ${text}`, async () => {
      const [, args = ""] = /^(?:deno|npx -y deno@\S+) task (.*)$/.exec(text) ?? [];
      const words = wordsOf(args);
      if (words.length === 0) {
        // The clone is there already.
        assert.match(text, /^git clone \S+ agents && cd agents$/);
        return;
      }
      const output = words[0] === "dev"
        ? running.use(await startDevTask(place.clone, words.slice(1))).lines.join("\n")
        : await printedBy(place.clone, words, ends);
      if (printed !== null) assert.ok(isPrinted(printed, output), `it printed:\n${output}`);
    });
  }
  console.log(`docs/adopt.md took ${((performance.now() - began) / 1000).toFixed(0)} s`);
});

async function printedBy(clone: string, words: string[], ends: PageCommand["ends"]): Promise<string> {
  const { code, output } = await runTask(clone, words);
  assert.equal(code, ends === "refused" ? 1 : 0, output);
  return output;
}
