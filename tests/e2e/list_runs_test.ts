// The list of a user's runs, page by page.
import assert from "node:assert/strict";
import { callFunction } from "../support/stack/calling.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { startedRun } from "../support/stack/runs.ts";
import { test } from "../support/test.ts";

async function list(user: TestUser, query: string) {
  const response = await callFunction(user, `agent-planner/runs?${query}`, { method: "GET" });
  return { code: response.status, ...await response.json() };
}

const ids = (runs: { id: string }[]) => runs.map(({ id }) => id);

test("every run of a user is reached, page by page, also those that began at the same moment", async () => {
  const user = await newUser();
  const message = { message: "One of many" };
  const started = await Promise.all(
    Array.from({ length: 7 }, (_, i) => startedRun(user, { request: { ...message, request_key: `${i}` } })),
  );
  const whole = await list(user, "limit=100");
  assert.equal(whole.next_cursor, null);
  assert.deepEqual(ids(whole.runs).toSorted(), started.map(({ run_id }) => run_id).toSorted());

  const seen: string[] = [];
  let cursor: string | null = "";
  for (; cursor !== null;) {
    const page: { runs: { id: string }[]; next_cursor: string | null } = await list(
      user,
      `limit=3&status=unfinished${cursor && `&cursor=${cursor}`}`,
    );
    seen.push(...ids(page.runs));
    cursor = page.next_cursor;
  }
  assert.deepEqual(seen, ids(whole.runs));
});

test("a limit that is none is refused in a sentence that says what it has to be", async () => {
  const user = await newUser();
  for (const limit of ["x", "", "0", "101", "1.5", "-1", "1e30", "Infinity"]) {
    const { code, error } = await list(user, `limit=${limit}`);
    const said = [code, error?.field, error?.message];
    assert.deepEqual(said, [400, "limit", "limit: must be a whole number from 1 to 100"], limit);
  }
});

test("a query that the list does not know is refused by name, and so is a cursor that is none", async () => {
  const user = await newUser();
  for (const [query, field] of [["offset=3", "offset"], ["page=2", "page"], ["cursor=x", "cursor"]]) {
    const { code, error } = await list(user, query ?? "");
    assert.deepEqual([code, error?.field], [400, field]);
  }
  assert.equal((await list(user, "forceFunctionRegion=eu-west-1")).code, 200, "supabase-js may add this");
});
