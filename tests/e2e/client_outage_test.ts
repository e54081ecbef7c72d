// The client while the way to the database fails: what it starts is done once, and read to its end.
import assert from "node:assert/strict";
import { createAgentClient } from "../../client/mod.ts";
import { type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import { assertContract } from "../support/stack/calling.ts";
import { startFailingApi } from "../support/stack/failing_api.ts";
import { functionsWith, type OtherFunctions } from "../support/stack/functions.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const api = startFailingApi();
let functions: OtherFunctions;
Deno.test.beforeAll(async () => {
  functions = await functionsWith({ RUN_LEASE_SECONDS: "2" }, { auth_and_rest: api.url });
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

/** A client whose user signs in again when a token is refused: everything works from then on. */
function clientOf({ token }: TestUser) {
  let asked = 0;
  const { publishable_key, schema } = testStack();
  return createAgentClient({
    url: functions.url,
    publishable_key,
    schema,
    async token() {
      if (asked++ > 0) await api.recover();
      return token;
    },
  });
}

const TURNS: ScriptedTurnInput[] = [
  {
    when: { last: "user" },
    times: "any",
    tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }],
  },
  { when: { last: "tool" }, times: "any", text: "Written down." },
];

async function assertOnce(user: TestUser, run_id: string): Promise<void> {
  const runs = await user.client.from("agent_runs").select("id, status");
  assert.deepEqual(runs.data, [{ id: run_id, status: "completed" }]);
  const books = await user.client.from("books").select("title");
  assert.deepEqual(books.data, [{ title: "Milk" }]);
}

test("a start that is refused because the token has expired is sent again with a new one, and is one run", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, TURNS);
  api.fail("token_expired", "/start_run");

  const run = await clientOf(user).startRun({ message: "Write Milk down" });
  assertContract(await Array.fromAsync(run.events()));

  await assertOnce(user, run.run_id);
});

test("a start that was committed and whose answer was lost is one run, which is read to its end", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, TURNS);
  api.fail("loses_answers", "/start_run");

  const running = clientOf(user).run({ message: "Write Milk down" });
  await api.met();
  await api.recover();
  const { run_id, answer } = await running;

  assert.equal(answer, "Written down.");
  await assertOnce(user, run_id);
});

test("a token that expires in mid-run loses no event: the client goes on with a new one, and the effect is there once", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    TURNS[0] ?? {},
    { when: { last: "tool" }, times: "any", text: "Written down.", hold: "here" },
  ]);
  const run = await clientOf(user).startRun({ message: "Write Milk down" });
  const reading = Array.fromAsync(run.events());
  await script.reached("here");
  api.fail("token_expired");
  await script.release("here");
  const events = await reading;

  assertContract(events);
  assert.equal(events.at(-1)?.type, "done");
  await assertOnce(user, run.run_id);
});
