// The name under which hosts know a user.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { pseudonym } from "../../../shared/llm/sending/pseudonym.ts";

const ID = "6f1c9a52-7c1e-4c5b-9b0e-0a4d3f2b1c00";

Deno.test("a pseudonym is the first 32 hex digits of the SHA-256 of user: and the id", () => {
  const expected = createHash("sha256").update(`user:${ID}`).digest("hex").slice(0, 32);
  assert.equal(pseudonym(ID), expected);
});

Deno.test("a pseudonym is stable and tells users apart", () => {
  assert.equal(pseudonym(ID), pseudonym(ID));
  assert.notEqual(pseudonym(ID), pseudonym(ID.replace("6", "7")));
});
