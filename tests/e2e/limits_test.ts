// GET /limits tells a client what its user may use up before they are refused.
import assert from "node:assert/strict";
import { z } from "zod";
import { scriptModel } from "../support/models/script.ts";
import { callFunction, chat } from "../support/stack/calling.ts";
import { functionsWith, type OtherFunctions } from "../support/stack/functions.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

let functions: OtherFunctions;
Deno.test.beforeAll(async () =>
  void (functions = await functionsWith({
    USER_RUNS_PER_HOUR: "2",
    USER_RUNS_PER_DAY: "9",
    USER_RUNNING_RUNS: "1",
  }))
);
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

const Told = z.strictObject({
  windows: z.array(
    z.strictObject({
      name: z.string(),
      limit: z.int(),
      used: z.int(),
      free_at: z.iso.datetime({ offset: true }).nullable(),
    }),
  ),
  running_runs: z.strictObject({ limit: z.int(), used: z.int() }),
});

async function limitsOf(user: TestUser) {
  const response = await callFunction(user, "agent-planner/limits", { method: "GET", base: functions.url });
  assert.equal(response.status, 200);
  const { windows, running_runs } = Told.parse(await response.json());
  return {
    running_runs,
    windows: Object.fromEntries(windows.map(({ name, ...rest }) => [name, rest])),
  };
}

test("the limits are those of the environment, and what counts is the user's own", async () => {
  const [user, other] = [await newUser(), await newUser()];
  await using script = await scriptModel(user.id, [{ text: "One." }, { text: "Two.", hold: "two" }]);
  await chat(user, { message: "One" }, functions.url);
  const running = chat(user, { message: "Two" }, functions.url);
  await script.reached("two");

  const { windows, running_runs } = await limitsOf(user);
  assert.deepEqual(running_runs, { limit: 1, used: 1 });
  assert.deepEqual([windows.runs_per_hour?.limit, windows.runs_per_hour?.used], [2, 2]);
  assert.ok(windows.runs_per_hour?.free_at);
  assert.deepEqual(windows.runs_per_day, { limit: 9, used: 2, free_at: null });
  assert.ok((windows.tokens_per_day?.used ?? 0) > 0 && windows.tokens_per_day?.free_at === null);
  const refused = await callFunction(user, "agent-planner", {
    body: { message: "Three" },
    base: functions.url,
  });
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "5"]);
  assert.equal(
    (await refused.json()).error.message,
    "No more than 1 of your runs may be under way at the same time. Please wait until one has ended.",
  );
  await script.release("two");
  await running;
  assert.deepEqual((await limitsOf(user)).running_runs, { limit: 1, used: 0 });
  const over = await callFunction(user, "agent-planner", { body: { message: "Three" }, base: functions.url });
  assert.equal(over.status, 429);
  await over.text();
  assert.deepEqual((await limitsOf(other)).windows.runs_per_hour, { limit: 2, used: 0, free_at: null });
});

test("who is nobody is told nothing, and the route takes GET alone, without a query", async () => {
  const user = await newUser();
  const status = async (who: TestUser | null, path: string, method: string) => {
    const response = await callFunction(who, `agent-planner/${path}`, { method, base: functions.url });
    await response.text();
    return response.status;
  };
  assert.equal(await status(null, "limits", "GET"), 401);
  assert.equal(await status(user, "limits", "POST"), 405);
  assert.equal(await status(user, "limits?of=others", "GET"), 400);
});
