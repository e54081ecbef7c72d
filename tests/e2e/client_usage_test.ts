import assert from "node:assert/strict";
import { createAgentClient } from "../../client/mod.ts";
import { scriptModel } from "../support/models/script.ts";
import { chat } from "../support/stack/calling.ts";
import { newUser, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("the client reads what each day has cost, and what is left of the quotas", async () => {
  const user = await newUser();
  const agent = createAgentClient({ ...testStack(), token: user.token });
  const before = await agent.limits();
  await using _ = await scriptModel(user.id, [{ text: "Hello." }]);
  await chat(user, { message: "Hello" });

  const days = await agent.usageByDay({ days: 3, time_zone: "Europe/Berlin" });
  assert.deepEqual(days.map(({ runs, model_calls }) => [runs, model_calls]), [[0, 0], [0, 0], [1, 1]]);
  assert.equal((await agent.usageByDay()).length, 30);

  const after = await agent.limits();
  const used = ({ windows }: typeof after) => windows.find(({ name }) => name === "runs_per_hour")?.used;
  assert.deepEqual([used(before), used(after)], [0, 1]);
  assert.deepEqual(after.windows.map(({ free_at }) => free_at), [null, null, null, null]);
  assert.equal(after.running_runs.used, 0);
});
