import assert from "node:assert/strict";
import { runCheckTools } from "../../dev/check_tools/run_check_tools.ts";
import { PLAIN } from "../../dev/terminal/style.ts";

async function said(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const paper = { style: PLAIN, width: 120, line: (text = "") => void lines.push(text) };
  const code = await runCheckTools(args, { server_url: undefined, paper });
  return { code, text: lines.join("\n") };
}

Deno.test("check-tools says what it does, which flag is wrong, and that a folder is no project", async () => {
  assert.deepEqual((await said("--help")).code, 0);
  assert.match((await said("--help")).text, /^Usage: deno task check-tools/);
  const wrong = await said("--projects", "x");
  assert.deepEqual([wrong.code, wrong.text.split("\n")[0]], [
    2,
    "There is no flag --projects; did you mean --project?",
  ]);
  assert.match((await said("--db-url", "http://x")).text, /^--db-url must be the URL of a database/);
  const none = await said("--project", "tests");
  assert.equal(none.code, 2);
  assert.match(none.text, /^The tools can't be tried: There is no .*config\.toml/);
});
