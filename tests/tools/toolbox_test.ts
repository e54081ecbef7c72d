import assert from "node:assert/strict";
import { PostgrestError } from "@supabase/supabase-js";
import { z } from "zod";
import { ok } from "../../shared/contracts/tool_result.ts";
import {
  createEngineClient,
  createPreviewDb,
  createReadOnlyDb,
  createWriteDb,
} from "../../shared/db/clients.ts";
import { ids } from "../../shared/db/ids.ts";
import type { ReadOnlyDb } from "../../shared/db/read_only_db.ts";
import { createIsUndoable, createReceiptOf } from "../../shared/db/receipts.ts";
import {
  defineReadTool,
  defineWriteTool,
  type Tool,
  type WriteContext,
} from "../../shared/tools/define_tool.ts";
import { DatabaseError, refusal } from "../../shared/tools/database_errors.ts";
import { createToolSource } from "../../shared/tools/toolbox.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";
import { test_domain, TOOL_NAMES } from "../support/domain/test_domain.ts";
import type { LogEntry } from "../support/tools/tool_user.ts";

/** A database that answers every request with `answer`, and tools on it. */
function source(tools: readonly Tool[], answer: () => Response = () => Response.json([])) {
  const requests: string[] = [];
  const log: LogEntry[] = [];
  const config = { url: "http://127.0.0.1:9", publishable_key: "sb_publishable_x" };
  const fetcher: typeof fetch = (input) => {
    requests.push(String(input));
    return Promise.resolve(answer());
  };
  return {
    requests,
    log,
    source: createToolSource({
      lease_seconds: 15,
      catalogue: tools,
      read_db: createReadOnlyDb(config, "token", fetcher),
      write_db: (attempt) => createWriteDb(config, "token", fetcher, attempt),
      preview_db: (attempt) => createPreviewDb(config, "token", fetcher, attempt),
      receiptOf: createReceiptOf(createEngineClient(config, "token", fetcher)),
      isUndoable: createIsUndoable(createEngineClient(config, "token", fetcher)),
      user_id: "user",
      clock: fakeClock(),
      ids,
      log: { error: (message, details) => void log.push({ message, details }) },
    }),
  };
}

const { catalogue } = test_domain;
const reads = catalogue.filter(({ access }) => access === "read").map(({ name }) => name);
const writes = catalogue.filter(({ access }) => access === "write");

Deno.test("a read-only toolbox handed every name offers those that read", () => {
  const { offered } = source(catalogue).source.open({
    permission: "read_only",
    names: TOOL_NAMES,
    time_zone: "UTC",
  });
  assert.deepEqual(offered.map(({ schema }) => schema.name), reads);
  assert.ok(offered.every(({ access }) => access === "read"));
});

Deno.test("every write that a read-only agent asks for is refused by name, and nothing reaches the database", async () => {
  const { source: tools, requests } = source(catalogue);
  const toolbox = tools.open({ permission: "read_only", names: TOOL_NAMES, time_zone: "UTC" });
  for (const { name } of writes) {
    const result = await toolbox.dispatch({
      call_id: crypto.randomUUID(),
      name,
      arguments: { title: "T", notes: "N" },
    });
    assert.ok(!result.ok);
    assert.equal(result.error, "not_allowed");
    assert.match(result.message, new RegExp(`^You may not use "${name}"\\. Your tools: list_books, `));
  }
  assert.deepEqual(requests, []);
});

Deno.test("what was not offered is refused before its arguments are looked at", async () => {
  let looked = 0;
  const curious: Tool = {
    ...defineReadTool({
      name: "curious",
      category: "list",
      description: "Looks",
      args: z.strictObject({}),
      run: () => Promise.resolve(ok(null, "")),
    }),
    prepare() {
      looked++;
      return { ok: false, problem: "looked", field: "" };
    },
  };
  const { source: tools } = source([curious]);
  const call = { call_id: crypto.randomUUID(), name: "curious", arguments: {} };
  const shut = tools.open({ permission: "read_only", names: ["list_books"], time_zone: "UTC" });
  const refused = await shut.dispatch(call);
  assert.deepEqual([refused.ok, looked], [false, 0]);
  await tools.open({ permission: "read_only", names: ["curious"], time_zone: "UTC" }).dispatch(call);
  assert.equal(looked, 1);
});

Deno.test("unknown names are left out of the offer, and a made-up tool is refused", async () => {
  const toolbox = source(catalogue).source.open({
    permission: "read_write",
    names: ["create_book", "rm_rf", "list_books"],
    time_zone: "UTC",
  });
  assert.deepEqual(toolbox.offered.map(({ schema }) => schema.name), ["list_books", "create_book"]);
  const result = await toolbox.dispatch({
    call_id: "c",
    name: `rm_rf\u0000${"x".repeat(500)}`,
    arguments: {},
  });
  assert.ok(!result.ok && result.error === "not_allowed");
  assert.ok(result.message.length < 200);
});

Deno.test("what a tool throws is logged, and the model reads a plain sentence without SQL or stack", async () => {
  const broken = () =>
    Response.json({ code: "42P01", message: 'relation "books" does not exist' }, { status: 404 });
  const { source: tools, log } = source(catalogue, broken);
  const toolbox = tools.open({ permission: "read_write", names: TOOL_NAMES, time_zone: "UTC" });
  for (
    const [name, args] of [
      ["list_books", {}],
      ["get_book", { book_id: crypto.randomUUID() }],
      ["create_book", { title: "T" }],
      ["update_loan", { loan_id: 1, updates: { returned: true } }],
    ] as const
  ) {
    log.length = 0;
    const result = await toolbox.dispatch({ call_id: "call", name, arguments: args });
    assert.ok(!result.ok);
    assert.equal(result.error, "failed");
    assert.doesNotMatch(result.message, /relation|42P01|Error|\n/);
    assert.equal(log[0]?.message, `Tool ${name} failed`);
    assert.match(String(log[0]?.details.error), /42P01: relation "books" does not exist/);
  }
});

Deno.test("what the database holds a write to is told in a sentence: a tool's fault is logged, a stop is nobody's", async () => {
  const REFUSALS = {
    ...{ no_tool_call: 403, row_of_another_user: 403, call_not_approved: 403, outside_footprint: 403 },
    ...{ run_not_running: 409, cancel_requested: 409, call_has_ended: 409 },
  };
  for (const [message, status] of Object.entries(REFUSALS)) {
    const refused = () => Response.json({ code: `PT${status}`, message }, { status });
    const { source: tools, log } = source(catalogue, refused);
    const toolbox = tools.open({ permission: "read_write", names: TOOL_NAMES, time_zone: "UTC" });
    const receipts = new DatabaseError(
      new PostgrestError({ code: `PT${status}`, message, details: "", hint: "" }),
      status,
    );
    const result = refusal(receipts);
    assert.ok(result && !result.ok && result.error === "not_allowed", message);
    assert.match(result.message, /^[A-Z][^_]+, so nothing was changed\.$/);
    const dispatched = await toolbox.dispatch({
      call_id: "c",
      name: "create_book",
      arguments: { title: "T" },
    });
    assert.deepEqual(dispatched, result);
    assert.equal(log.length, status === 403 ? 1 : 0, message);
  }
});

Deno.test("a time zone that only Postgres does not know is the model's to correct", async () => {
  const unknown = () =>
    Response.json({ code: "22023", message: 'time zone "X" not recognized' }, { status: 400 });
  const { source: tools, log } = source(catalogue, unknown);
  const toolbox = tools.open({ permission: "read_write", names: TOOL_NAMES, time_zone: "UTC" });
  const result = await toolbox.dispatch({ call_id: "c", name: "list_books", arguments: {} });
  assert.ok(!result.ok && result.error === "invalid_arguments");
  assert.deepEqual(log, []);
});

Deno.test("a tool gets the caller's id, time and zone; a write tool also ids that follow from the call", async () => {
  const seen: (Omit<WriteContext, "db" | "new_id"> & { id: string; other: string })[] = [];
  const writer = defineWriteTool({
    name: "writer",
    category: "action",
    description: "Writes",
    writes: [{ table: "public.books", op: "INSERT" }],
    args: z.strictObject({}),
    async run(_args, { db: _, new_id, ...context }) {
      seen.push({ ...context, id: await new_id("row"), other: await new_id("other") });
      return ok(null, "");
    },
    look_up: () => Promise.resolve(ok(null, "")),
  });
  const toolbox = source([writer]).source.open({
    permission: "read_write",
    names: ["writer"],
    time_zone: "Asia/Tokyo",
  });
  await toolbox.dispatch({ call_id: "one", name: "writer", arguments: {} });
  await toolbox.dispatch({ call_id: "one", name: "writer", arguments: null });
  await toolbox.dispatch({ call_id: "two", name: "writer", arguments: {} });
  const [first, again, second] = seen;
  assert.deepEqual(again, first);
  assert.notEqual(first?.id, first?.other);
  assert.notEqual(first?.id, second?.id);
  assert.deepEqual([first?.user_id, first?.time_zone, first?.now.toISOString(), first?.call_id], [
    "user",
    "Asia/Tokyo",
    "2026-11-22T12:00:00.000Z",
    "one",
  ]);
});

Deno.test("a read tool's database has no way to write, as far as the compiler can see", () => {
  const tryIt = (db: ReadOnlyDb) => {
    // @ts-expect-error there is no insert
    db.from("chat_sessions").insert({ title: "T" });
    // @ts-expect-error there is no update
    db.from("chat_sessions").update({ title: "T" });
    // @ts-expect-error there is no upsert
    db.from("chat_sessions").upsert({ title: "T" });
    // @ts-expect-error there is no delete
    db.from("chat_sessions").delete();
  };
  assert.equal(typeof tryIt, "function");
});
