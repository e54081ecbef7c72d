// Tools on keys of any kind: bigints beyond 2^53, serials, several columns, text. No digit is lost on the way to the model
// and back, a call has its effect once, and what it changed can be shown, found and undone.
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import type { Json } from "../../shared/contracts/text.ts";
import type { ActingTools } from "../../dev/check_tools/acting.ts";
import { type OnLedger, onLedger } from "../support/keys/on_ledger.ts";
import { at } from "../support/tools/tool_user.ts";

const TESTS: Record<string, (on: OnLedger) => Promise<void>> = {};

const FIRST = "9007199254740993";
const BALANCE = "1234567890123456789012345678.91";

async function ok(tools: ActingTools, name: string, args: Json, id?: string): Promise<Json> {
  const result = await tools.call(name, args, id);
  assert.ok(result.ok, `${name}: ${result.message} ${tools.log.map(({ details }) => String(details.error))}`);
  return result.data;
}

TESTS["a key beyond 2^53 and a number of thirty digits go to the model and back as they are"] = async (
  { tools: newTools, sql },
) => {
  const tools = newTools();
  const units = "-9223372036854775807";
  const made = await ok(tools, "create_account", { name: "A", balance: BALANCE, units });
  assert.deepEqual(made, { account: { id: FIRST, name: "A", balance: BALANCE, units } });
  const next = await ok(tools, "create_account", { name: "B", balance: 12.5 });
  assert.equal(at(next, "account.id"), "9007199254740994");
  for (const account_id of [FIRST, ` ${FIRST} `, `0${FIRST}`]) {
    assert.deepEqual(await ok(tools, "get_account", { account_id }), made, account_id);
  }
  const changed = await ok(tools, "update_account", { account_id: FIRST, updates: { balance: "0.10" } });
  assert.equal(at(changed, "account.balance"), "0.10");
  const rows = await sql`select id::text, balance::text from accounts order by id`;
  assert.deepEqual(rows.map((row) => [row.id, row.balance]), [[FIRST, "0.10"], [
    "9007199254740994",
    "12.50",
  ]]);
  const listed = await ok(tools, "list_accounts", {});
  assert.equal(at(listed, "accounts.0.id"), FIRST);
};

TESTS[
  "a number that has lost digits, or is none, is refused in a sentence; one that is too large is nobody's"
] = async ({ tools: newTools }) => {
  const tools = newTools();
  for (const account_id of [2 ** 53, 1.5, "x", "1e3", "", "12345678901234567890"]) {
    const result = await tools.call("get_account", { account_id });
    assert.ok(!result.ok && result.error === "invalid_arguments", String(account_id));
  }
  const lost = await tools.call("create_account", { name: "A", balance: 1234567890123456.78 });
  assert.match(
    lost.message,
    /^balance: must be a number such as 12\.50; with more than 15 digits as text\.$/,
  );
  const beyond = await tools.call("get_account", { account_id: "9999999999999999999" });
  assert.deepEqual([beyond.ok, beyond.message], [false, "A number is larger than its field can hold."]);
  assert.deepEqual(tools.log, []);
};

const newAccount = async (tools: ActingTools) =>
  String(at(await ok(tools, "create_account", { name: "A" }), "account.id"));

const CASES: [tool: string, args: (account_id: string) => Json, row: string][] = [
  ["create_account", () => ({ name: "Once", balance: BALANCE }), "account"],
  ["update_account", (account_id) => ({ account_id, updates: { name: "Renamed" } }), "account"],
  ["create_tag", () => ({ label: "Once" }), "tag"],
  ["create_entry", (account_id) => ({ account_id, code: "b,\\1", amount: BALANCE }), "entry"],
  ["update_entry", (account_id) => ({ account_id, code: "a,\\0", updates: { amount: "2" } }), "entry"],
  ["create_currency", () => ({ code: 'a, "b" 1.0', name: "Once" }), "currency"],
  ["update_currency", () => ({ code: "1.0", updates: { name: "Renamed" } }), "currency"],
];

for (const [tool, argsOf, row] of CASES) {
  TESTS[`${tool} has its effect once, tells what it did when it is asked again, and is undone`] = async (
    { tools: newTools, sql, me, place },
  ) => {
    const account_id = await newAccount(newTools());
    await ok(newTools(), "create_entry", { account_id, code: "a,\\0", amount: 1 });
    await sql`delete from currencies`;
    await ok(newTools(), "create_currency", { code: "1.0", name: "One" });
    await ok(newTools(), "create_currency", { code: "1", name: "Another" });
    const everything = async () =>
      JSON.stringify(
        await sql`select 'a', to_jsonb(t) from accounts t where user_id = ${me.id} union all
            select 'b', to_jsonb(t) from tags t where user_id = ${me.id}
            union all select 'c', to_jsonb(t) from entries t where user_id = ${me.id} union all
            select 'd', to_jsonb(t) from currencies t where user_id = ${me.id}
            order by 1, 2`,
      );
    const before = await everything();
    const args = argsOf(account_id);

    const id = crypto.randomUUID();
    const lost = [true];
    const cut = newTools({
      async fetcher(input, init) {
        const response = await fetch(input, init);
        const is_write = !["GET", "HEAD"].includes(init?.method ?? "GET") &&
          String(input).includes("/rest/v1/") &&
          !String(input).includes("/rpc/");
        if (!is_write || lost.pop() === undefined) return response;
        await response.bytes();
        throw new TypeError("connection reset");
      },
    });
    const first = await ok(cut, tool, args, id);
    assert.deepEqual(lost, [], "an answer was lost");
    const after = await everything();
    assert.notEqual(after, before);
    const again = await newTools().call(tool, args, id);
    assert.ok(again.ok, again.message);
    assert.deepEqual([again.data, await everything()], [first, after]);
    assert.ok(at(first, row) !== undefined);

    const [call] = await sql`select private.call_diff(${me.id}, ${id}) as diff`;
    assert.deepEqual([call?.diff.length, call?.diff[0].table], [
      1,
      `public.${again.rows?.[0]?.relation.slice(7)}`,
    ]);
    const person = place.engine.clients.createPersonClient(place, me.token, fetch);
    const undone = await person.rpc("undo_tool_call", { p_call_id: id });
    assert.equal(undone.error, null);
    assert.equal(await everything(), before);
  };
}

TESTS["a row whose key has several columns is held to all of them"] = async ({ tools: newTools, sql }) => {
  const tools = newTools();
  const account_id = await newAccount(tools);
  for (const code of ["a", "b"]) await ok(tools, "create_entry", { account_id, code, amount: 1 });
  await sql`create function public.stray() returns trigger language plpgsql as $$ begin
      update public.entries set note = 'stray' where account_id = new.account_id and code = 'b'; return null; end $$`;
  await sql`create trigger a_stray after update on entries for each row when (pg_trigger_depth() = 0)
      execute function public.stray()`;
  const result = await tools.call("update_entry", { account_id, code: "a", updates: { amount: "3" } });
  assert.ok(!result.ok && result.error === "not_allowed", result.message);
  const rows =
    await sql`select code, amount::int as amount, note from entries where account_id = ${account_id} order by code`;
  assert.deepEqual(rows.map(({ code, amount, note }) => [code, amount, note]), [["a", 1, null], [
    "b",
    1,
    null,
  ]]);
};

TESTS["what others wrote into a row is known by its key, whatever that is"] = async (
  { tools: newTools, sql, me, place },
) => {
  const tools = newTools();
  const account_id = await newAccount(tools);
  const importer = createClient(place.url, place.publishable_key, {
    accessToken: () => Promise.resolve(me.token),
    global: { headers: { "x-row-source": "import" } },
  });
  const entry = { account_id, code: "a,b", amount: 1, note: "Theirs" };
  assert.equal((await importer.from("entries").insert(entry)).error, null);
  const [mark] = await sql`select relation, row_key, source from external_rows where user_id = ${me.id}`;
  const read = await tools.call("get_entry", { account_id, code: "a,b" });
  assert.deepEqual(read.rows, [{ relation: mark?.relation, key: mark?.row_key }]);
  assert.equal(mark?.row_key, `${account_id},a\\,b`);
  const [shown] = await sql`select count(*)::int as n from private.external_among(${me.id}, ${
    sql.json(read.rows ?? [])
  }) x`;
  assert.equal(shown?.n, 1);
};

Deno.test("tools on keys of any kind", (t) => onLedger(TESTS, t));
