import assert from "node:assert/strict";
import { createHostWords } from "../../../dev/try/host_words.ts";

const FAILURE = {
  ...{ level: "error", message: "A model call failed.", kind: "bad_request", attempt: 1, model: "one/big" },
  ...{ status: 400, detail: "Unsupported parameter: max_tokens", generation_id: null },
};

Deno.test("the last failed call is told with the host's status and words, and the field that mends it", () => {
  const words = createHostWords();
  words.hear(JSON.stringify({ ...FAILURE, detail: "an older one" }));
  words.hear(JSON.stringify({ ...FAILURE, mend: "token_limit_field: max_completion_tokens" }));
  assert.equal(
    words.last(),
    "The last call that failed, of one/big, did so with 400: Unsupported parameter: max_tokens\n" +
      "A field of the model's row may mend it: token_limit_field: max_completion_tokens\n" +
      "What its host takes: deno task models one/big",
  );
});

Deno.test("a call that got no answer has no status", () => {
  const words = createHostWords();
  words.hear(JSON.stringify({ ...FAILURE, status: undefined }));
  assert.match(words.last() ?? "", /^The last call that failed, of one\/big, did so: Unsupported/);
});

for (
  const line of [
    "",
    "Listening on http://127.0.0.1:1/",
    "{",
    "{}",
    JSON.stringify({ ...FAILURE, message: "Other." }),
  ]
) {
  Deno.test(`the line ${JSON.stringify(line.slice(0, 20))} is no word of the host's`, () => {
    const words = createHostWords();
    words.hear(line);
    assert.equal(words.last(), null);
  });
}
