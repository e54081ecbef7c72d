// The engine is where the code says that it is: what the other tests here prove, they prove of that schema.
import assert from "node:assert/strict";
import { helpersOf } from "../../dev/schema/move_schema.ts";
import { ENGINE_SCHEMA } from "../../shared/db/schema.ts";
import { callFunction, chat } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { database, newUser, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("the engine's tables and helpers are in its two schemas and in no other, and the domain's tables in public", async () => {
  const sql = database();
  try {
    const placed = await sql`select relname, relnamespace::regnamespace::text as schema from pg_class
      where relname in ('agent_runs', 'tool_receipts', 'security_exceptions', 'books') and relkind = 'r' order by 1`;
    assert.deepEqual([...placed], [
      { relname: "agent_runs", schema: ENGINE_SCHEMA },
      { relname: "books", schema: "public" },
      { relname: "security_exceptions", schema: helpersOf(ENGINE_SCHEMA) },
      { relname: "tool_receipts", schema: ENGINE_SCHEMA },
    ]);
  } finally {
    await sql.end();
  }
});

test("a run is a row of that schema, which a front end reads by naming it, and finds in no other", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);
  const { state } = await chat(user, { message: "Hi" });
  const { url, publishable_key, schema } = testStack();
  const read = async (profile: string) => {
    const answer = await fetch(`${url}/rest/v1/agent_runs?select=id`, {
      headers: { apikey: publishable_key, authorization: `Bearer ${user.token}`, "accept-profile": profile },
    });
    const body = await answer.json();
    return answer.ok ? body : body.code;
  };
  assert.deepEqual(await read(schema), [{ id: state.run_id }]);
  assert.equal(await read("nowhere"), "PGRST106");
  if (schema !== "public") assert.equal(await read("public"), "PGRST205");
  assert.equal((await callFunction(user, "agent-planner/limits", { method: "GET" })).status, 200);
});
