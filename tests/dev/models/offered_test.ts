// Which of a host's models are nearest to an id that it does not know.
import assert from "node:assert/strict";
import { nearestIds } from "../../../dev/models/offered.ts";

Deno.test("a misspelt id finds the right one first, and its other forms behind it", () => {
  const ids = ["o3", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-turbo", "whisper-1"];
  assert.deepEqual(nearestIds("gpt-4.1-tubro", ids).slice(0, 2), ["gpt-4.1-turbo", "gpt-4.1"]);
});

Deno.test("a name without its maker's finds the one with it, and a short one the long ones", () => {
  const ids = ["meta/llama-4-scout", "qwen/qwen3-235b-a22b-instruct", "z-ai/glm-5"];
  assert.equal(nearestIds("glm-5", ids)[0], "z-ai/glm-5");
  assert.equal(nearestIds("Qwen3-235B", ids)[0], "qwen/qwen3-235b-a22b-instruct");
});

Deno.test("of a long list five are named", () => {
  const ids = Array.from({ length: 300 }, (_, i) => `model-${i}`);
  assert.equal(nearestIds("model-x", ids).length, 5);
});
