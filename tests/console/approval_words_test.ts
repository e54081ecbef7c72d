import assert from "node:assert/strict";
import { headline, toolWords } from "../../shared/contracts/approval_title.ts";
import { changeWords, expiry, settledWords, whoAsks } from "../../console/parts/approval_words.ts";

const named = (...titles: string[]) =>
  titles.map((title, at) => ({
    ...{ table: "public.tasks", key: { id: `t${at}` }, op: "update" as const, title },
    changes: { done: [false, true] as [boolean, boolean] },
  }));

Deno.test("a call is told in words, with the names of its rows and never their ids", () => {
  assert.equal(toolWords("update_or_schedule_task"), "Update or schedule task");
  assert.equal(headline("Finish task", named("Paint", "Paint", "Mow")), "Finish task: “Paint” and “Mow”");
  assert.equal(
    headline("Finish task", named("a", "b", "c", "d", "e")),
    "Finish task: “a”, “b”, “c” and 2 more",
  );
  assert.equal(headline("Finish task", null), "Finish task");
  assert.equal(changeWords(named("a", "b", "c")), "changes: tasks a, changes: tasks b, 1 more");
  assert.equal(changeWords([]), "changes nothing");
});

Deno.test("the time that is left is told, and the last hour is soon", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  assert.deepEqual(expiry("2026-11-27T11:12:30Z", now), {
    words: "expires in 23 h 12 min",
    short: "23 h",
    soon: false,
  });
  assert.deepEqual(expiry("2026-11-26T12:41:00Z", now), {
    words: "expires in 41 min",
    short: "41 min",
    soon: true,
  });
  assert.equal(expiry("2026-11-26T11:59:00Z", now).words, "expired");
});

Deno.test("what became of a call is a sentence, of a state that is not known, too", () => {
  assert.equal(settledWords("rejected", "expired"), "It was not made. Nobody decided in time.");
  assert.equal(settledWords("succeeded", null), "It was allowed, and has been made.");
  assert.equal(settledWords("parked", null), "It waits no more: parked.");
  assert.equal(whoAsks("oracle"), "oracle");
});
