import assert from "node:assert/strict";
import { readPromptWindows } from "../../shared/contracts/prompt_windows.ts";

Deno.test("without settings a planner's prompts have 12,000 tokens, and an executor's 8,000", () => {
  assert.deepEqual(readPromptWindows({}), { planner: 12_000, executor: 8_000 });
});

Deno.test("each window is set by its own variable, and is no smaller than what may open a thread", () => {
  const env = { PLANNER_WINDOW_TOKENS: "30000", EXECUTOR_WINDOW_TOKENS: "1500" };
  assert.deepEqual(readPromptWindows(env), { planner: 30_000, executor: 1_500 });
  for (
    const [variable, least] of [["PLANNER_WINDOW_TOKENS", 5_000], ["EXECUTOR_WINDOW_TOKENS", 1_500]] as const
  ) {
    assert.throws(() => readPromptWindows({ [variable]: `${least - 1}` }), {
      message: `${variable} must be at least ${least}.`,
    });
  }
});
