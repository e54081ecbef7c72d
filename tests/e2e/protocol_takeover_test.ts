// A run whose owner is killed while a client of another protocol reads it: what the client has in the end are the very
// bytes that a reader gets whose line held.
import assert from "node:assert/strict";
import { resumableFetch } from "../../client/resumable_fetch.ts";
import { type Script, scriptModel } from "../support/models/script.ts";
import {
  shortLivedFunctions,
  type TestedShortLived,
} from "../support/short_lived/open_short_lived_functions.ts";
import { getProjected, runIdOf, userMessage } from "../support/stack/projected.ts";
import { newUser, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const SETTINGS = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };

let functions: TestedShortLived;
Deno.test.beforeAll(async () => {
  functions = await shortLivedFunctions({ limit_ms: Infinity, settings: SETTINGS });
});
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

const chat = { id: "chat-1", messages: [userMessage("Add Emma")] };
const thread = { threadId: "thread-1", runId: "run-1", messages: [{ role: "user", content: "Add Emma" }] };

/** The owner is killed once the model is held; the next one asks it again. */
async function killed(script: Script): Promise<void> {
  await script.reached("answer");
  await functions.workers.findLast(({ request }) => request.startsWith("POST /agent-planner/a"))?.kill();
  await script.release("answer");
}

for (const [route, body] of [["ai-sdk", chat], ["ag-ui", thread]] as const) {
  test(`${route}: a takeover in mid-stream gives the bytes of an uncut stream`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [
      { text: "I add it.", tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
      { text: "Added.", hold: "answer" },
      { text: "Added, indeed." },
    ]);
    const headers = {
      ...{ authorization: `Bearer ${user.token}`, apikey: testStack().publishable_key },
      "content-type": "application/json",
    };
    const killing = killed(script);
    const response = await resumableFetch(fetch)(`${functions.url}/functions/v1/agent-planner/${route}`, {
      ...{ method: "POST", headers, body: JSON.stringify(body) },
    });
    const run_id = runIdOf(response);
    const text = await response.text();
    await killing;
    const uncut = await getProjected(user, `${route}/runs/${run_id}/events`);
    const without_pings = (stream: string) => stream.replaceAll(/^: .*\n\n/gm, "");
    assert.equal(without_pings(text), without_pings(await uncut.text()));
    assert.match(text, /indeed/);
    assert.match(text, /taken_over/);
  });
}
