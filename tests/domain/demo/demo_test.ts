// The demo's whole way, and Ctrl-C before its plan begins.
import assert from "node:assert/strict";
import { assertEndsAt, startDemo } from "../support/demo_process.ts";

Deno.test("the demo plans, researches, writes, answers, and shows what is in the database afterwards", async () => {
  const demo = startDemo("--first-token-ms", "0", "--tokens-per-second", "0");
  const { code, stdout } = await demo.output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text);
  assert.match(text, /no language model/);
  assert.match(text, /^plan: Update the Website project and schedule its open tasks$/m);
  assert.match(text, /^step 2 completed in .* open tasks of the project "Website": /m);
  assert.match(text, /^I updated \*\*Website\*\*\.\n\nI put \d tasks on your calendar\.$/m);
  assert.match(text, /^ {2}agents +5 +4 executor, 1 planner$/m);
  assert.match(text, /^ {2}agent_executions +6 +6 completed$/m);
  assert.match(text, /^ {2}projects +updated +Website /m);
  assert.match(text, /^ {2}calendar_events +created +Write copy for the product pages /m);
});

Deno.test("a message of one's own is answered instead, with the tools that it needs", async () => {
  const demo = startDemo("--first-token-ms", "0", "--tokens-per-second", "0", "Show me my tasks");
  const text = new TextDecoder().decode((await demo.output()).stdout);
  assert.match(text, /^list_tasks ok: \d+ tasks, the first \d+ shown/m);
  assert.match(text, /^\d+ tasks:\n- \*\*/m);
  assert.match(text, /^Changed in the workspace\n {2}nothing$/m);
});

Deno.test("a turn that asks shows its card; where there is no terminal to ask at it is declined, and nothing is changed", async () => {
  const demo = startDemo("--first-token-ms", "0", "--tokens-per-second", "0", "--ask");
  const text = new TextDecoder().decode((await demo.output()).stdout);
  assert.match(text, /^delete_calendar_event waits for a person$/m);
  assert.match(text, /^\? delete calendar event$/m);
  assert.match(text, /^ {2}~ calendar_events "Lunch with Jonas" \(e0000000-/m);
  assert.match(text, /^ {6}status: confirmed → cancelled$/m);
  assert.match(text, /^ {2}Open until \w{3} \d/m);
  assert.match(text, /^There is no terminal to ask at, so it is declined\.$/m);
  assert.match(text, /^delete_calendar_event declined: Nobody is at the terminal/m);
  assert.match(text, /^Then I leave it as it is\.$/m);
  assert.match(text, /^Changed in the workspace\n {2}nothing$/m);
});

for (const moment of ["Starting", "Ready in", "no language model"]) {
  Deno.test(`Ctrl-C at "${moment}" ends the demo with 130, without a stack or a process left`, async () => {
    await assertEndsAt(moment);
  });
}
