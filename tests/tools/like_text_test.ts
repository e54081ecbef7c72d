import assert from "node:assert/strict";
import { likeText } from "../../shared/tools/like_text.ts";

Deno.test("what has a meaning in a pattern stands for itself; an asterisk, which PostgREST can't write, for any character", () => {
  assert.equal(likeText(" 5%_a\\ "), "%5\\%\\_a\\\\%");
  assert.equal(likeText("a*b"), "%a_b%");
});
