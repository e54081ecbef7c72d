// Tool-call markup is found anywhere in a text, and ordinary text has none.
import assert from "node:assert/strict";
import { hasLeakedMarkup } from "../../../shared/llm/speech/leaked_markup.ts";

Deno.test("calls are found wherever they stand", () => {
  for (
    const text of [
      '{"q":"x<｜DSML｜tool_calls>"}',
      '{"q":"<tool_call>\\n{\\"name\\":"}',
      '{"q":"a<function=get_tasks>"}',
      '{"q":"[TOOL_CALLS]get_tasks[ARGS]{"}',
      '{"q":"[TOOL_CALLS][{}]"}',
      '{"q":"</parameter><parameter=n>1"}',
    ]
  ) assert.ok(hasLeakedMarkup(text), text);
});

Deno.test("arguments may talk about tags, tokens and markup", () => {
  for (
    const text of [
      '{"q":"<p>a</p> <tool_call> <think>x</think> List.map f <| toolbox"}',
      '{"ids":[[1,2],["[TOOL_CALLS]"]],"note":"<|im_end|> </s> [INST]"}',
      '{"q":"<"}',
    ]
  ) assert.ok(!hasLeakedMarkup(text), text);
});
