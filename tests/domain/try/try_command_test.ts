import assert from "node:assert/strict";
import { startTry } from "./try_command.ts";

for (
  const [args, said] of [
    [[], /LLM_BASE_URL[^]*LLM_API_KEY[^]*LLM_BALANCED_MODELS[^]*LLM_SPEED_MODELS[^]*no language\s+model/],
    [["yesterday"], /There is no task "yesterday"[^]*Usage: deno task try/],
    [["--times", "none"], /--times must be a whole number/],
    // Before the stack is started, and the tasks paid for.
    [
      ["--demo", "--json", "/nowhere/at/all.json"],
      /^(?![^]*task +result)[^]*--json \/nowhere\/at\/all\.json can't be written/,
    ],
    [["--demo", "--log", "/nowhere/at/all.log"], /--log \/nowhere\/at\/all\.log can't be written/],
  ] as const
) {
  Deno.test(`${["deno task try", ...args].join(" ")} says what is missing and ends with 2`, async () => {
    const { ended, lines, folder } = await startTry([...args]);
    assert.equal(await ended, 2);
    assert.match(lines.join("\n"), said);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await Deno.remove(folder);
  });
}

Deno.test("--list tells every task and what it is there for, and starts nothing", async () => {
  const { ended, lines, folder } = await startTry(["--list"]);
  assert.equal(await ended, 0);
  assert.equal(lines.length, 16);
  for (const line of lines) assert.match(line, /^[a-z-]+ {2,}\S+/);
  await Deno.remove(folder);
});
