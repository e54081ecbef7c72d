// Workers side by side keep to the run's budget together: tool calls are reserved before they are made.
import assert from "node:assert/strict";
import { z } from "zod";
import { startedRun } from "../support/stack/runs.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const Granted = z.object({ broken_budget: z.string().nullable(), tool_calls: z.int() });

for (const limit of [1, 7, 12, 40]) {
  test(`of ${limit} tool calls, eight workers that ask for five each at once are granted no more`, async () => {
    const user = await newUser();
    const { run_id } = await startedRun(user);
    const granted = await Promise.all(Array.from({ length: 8 }, async () => {
      const { data, error } = await user.client.rpc("reserve_usage", {
        p_run_id: run_id,
        p_reservation: {
          ...{ id: crypto.randomUUID(), seal: "a".repeat(64), input_tokens: 1, output_tokens: 1 },
          ...{ cost_usd: null, tool_calls: 5, beyond_budget: "never" },
        },
        p_settlement: null,
        p_limits: { tool_calls: limit },
      });
      if (error) throw error;
      return Granted.parse(data);
    }));
    const sum = granted.reduce((total, { tool_calls }) => total + tool_calls, 0);
    assert.equal(sum, Math.min(limit, 40));
    const without = granted.filter(({ tool_calls }) => tool_calls === 0);
    assert.ok(without.every(({ broken_budget }) => broken_budget === "tool calls"));
  });
}
