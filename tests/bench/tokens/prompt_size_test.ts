import assert from "node:assert/strict";
import { inTwoRounds, oneAfterTheOther } from "./one_agent.ts";
import { type PromptMessage, promptOf, weigh } from "./prompt_size.ts";

const said = (content: string): PromptMessage => ({ role: "user", content, tool_calls: [] });

Deno.test("a prompt weighs its characters / 4: what is said, what is called with what, and the schemas", () => {
  const call = { id: "a", function: { name: "look", arguments: '{"n":1}' } };
  const request = { messages: [{ role: "assistant", content: null, tool_calls: [call] }], tools: [{ x: 1 }] };
  const { tokens, schemas } = weigh([promptOf(request)]);
  assert.deepEqual([tokens, schemas], [Math.round(("look" + '{"n":1}' + '[{"x":1}]').length / 4), 2]);
});

Deno.test("what begins as an earlier prompt did costs a tenth, and what another begins with costs all", () => {
  const [first, grown] = [["x".repeat(400)], ["x".repeat(400), "y".repeat(40)]];
  const prompt = (contents: string[]) => ({ messages: contents.map(said), tools: [] });
  assert.equal(weigh([prompt(first), prompt(grown)]).priced, 100 + 10 + 10);
  assert.equal(weigh([prompt(["z".repeat(400)]), prompt(grown)]).priced, 100 + 110);
});

Deno.test("one agent has all results in its last prompt, with a call at a time or in two rounds", () => {
  const calls = ["search_projects", "get_project_details"].flatMap((name) =>
    [1, 2].map((n) => ({ name, arguments: "{}", result: `${name} ${n}` }))
  );
  const opening = { messages: [said("Go")], tools: [] };
  const [slow, fast] = [oneAfterTheOther(opening, calls), inTwoRounds(opening, calls)];
  assert.deepEqual([slow.length, fast.length], [5, 3]);
  for (const prompts of [slow, fast]) {
    const last = prompts.at(-1)?.messages.filter(({ role }) => role === "tool").map(({ content }) => content);
    assert.deepEqual(last?.toSorted(), calls.map(({ result }) => result).toSorted());
  }
});
