// What is tried again, and how often. The database answers what the test says.
import assert from "node:assert/strict";
import type { Json } from "../../shared/contracts/text.ts";
import {
  createEngineClient,
  createPreviewDb,
  createReadOnlyDb,
  createWriteDb,
} from "../../shared/db/clients.ts";
import { createIsUndoable, createReceiptOf } from "../../shared/db/receipts.ts";
import { ids } from "../../shared/db/ids.ts";
import { createToolSource } from "../../shared/tools/toolbox.ts";
import { test_domain, TOOL_NAMES } from "../support/domain/test_domain.ts";
import { impatientClock, type LogEntry, NOW } from "../support/tools/tool_user.ts";

const CONFIG = { url: "http://127.0.0.1:9", publishable_key: "sb_publishable_x" };

const said = (status: number, code: string) => () =>
  Promise.resolve(Response.json({ code, message: "no", details: null, hint: null }, { status }));
const between = (status: number) => () =>
  Promise.resolve(new Response("<html>Bad gateway</html>", { status }));
const thrown = (error: Error) => () => Promise.reject(error);

const PASSING: Record<string, () => Promise<Response>> = {
  "a connection that breaks": thrown(new TypeError("error sending request")),
  "no answer in time": thrown(new DOMException("Signal timed out.", "TimeoutError")),
  "half an answer": () => Promise.resolve(new Response('[{"id":')),
  "a bad gateway": between(502),
  "a gateway without service": between(503),
  "a gateway that waits no longer": between(504),
  "an edge without an origin": between(522),
  "REST without a database": said(503, "PGRST001"),
  "REST that loads its schema": said(503, "PGRST002"),
  "REST without a free connection": said(504, "PGRST003"),
  "REST that does not know its functions yet": said(404, "PGRST202"),
  "a server that lost its connection": said(500, "SUP"),
  "a conflict of transactions": said(500, "40001"),
  "a deadlock": said(500, "40P01"),
  "a lock that is not free": said(500, "55P03"),
  "a statement that took too long": said(500, "57014"),
  "a database that shuts down": said(500, "57P01"),
  "too many connections": said(503, "53300"),
  "a database that went away": said(503, "08006"),
};

const LASTING: Record<string, () => Promise<Response>> = {
  "a table that is not there": said(404, "PGRST205"),
  "a column that is not there": said(400, "42703"),
  "a right that is missing": said(403, "42501"),
  "a value that does not fit": said(400, "23514"),
  "a token that is over": said(401, "PGRST303"),
  "a gateway that refuses": between(403),
};

/** A toolbox on a database that fails `times` times and then answers with no rows. */
function toolbox(fails: () => Promise<Response>, times: number) {
  const sent: { method: string; call_id: string | null; attempt: string | null }[] = [];
  const pauses: number[] = [];
  const log: LogEntry[] = [];
  const fetcher: typeof fetch = (_input, init) => {
    const headers = new Headers(init?.headers);
    const [call_id, attempt] = [headers.get("x-tool-call-id"), headers.get("x-tool-attempt")];
    sent.push({ method: init?.method ?? "GET", call_id, attempt });
    return sent.length <= times ? fails() : Promise.resolve(Response.json([]));
  };
  const { dispatch } = createToolSource({
    lease_seconds: 15,
    catalogue: test_domain.catalogue,
    read_db: createReadOnlyDb(CONFIG, "token", fetcher),
    write_db: (attempt) => createWriteDb(CONFIG, "token", fetcher, attempt),
    preview_db: (attempt) => createPreviewDb(CONFIG, "token", fetcher, attempt),
    receiptOf: createReceiptOf(createEngineClient(CONFIG, "token", fetcher)),
    isUndoable: createIsUndoable(createEngineClient(CONFIG, "token", fetcher)),
    user_id: "user",
    clock: impatientClock(NOW, pauses),
    ids,
    log: { error: (message, details) => void log.push({ message, details }) },
  }).open({ permission: "read_write", names: TOOL_NAMES, time_zone: "UTC" });
  const call = (name: string, args: Json) => dispatch({ call_id: "call", name, arguments: args });
  return { call, sent, pauses, log };
}

for (const [what, fails] of Object.entries(PASSING)) {
  Deno.test(`a read that meets ${what} is tried again for as long as a lease`, async () => {
    for (const [times, pauses] of [[1, [100]], [2, [100, 200]]] as const) {
      const { call, ...seen } = toolbox(fails, times);
      assert.equal((await call("list_books", {})).ok, true);
      assert.deepEqual([seen.pauses, seen.sent.length, seen.log], [pauses, times + 1, []]);
    }
    const { call, ...seen } = toolbox(fails, 99);
    const result = await call("list_books", {});
    assert.deepEqual([result.ok, !result.ok && result.error], [false, "failed"]);
    const waited_ms = seen.pauses.reduce((sum, ms) => sum + ms, 0);
    assert.deepEqual([waited_ms, seen.sent.length, seen.log.length], [15_000, seen.pauses.length + 1, 1]);
  });
}

for (const [what, fails] of Object.entries(LASTING)) {
  Deno.test(`a read that meets ${what} is not tried again`, async () => {
    const { call, ...seen } = toolbox(fails, 99);
    assert.equal((await call("list_books", {})).ok, false);
    assert.deepEqual([seen.pauses, seen.sent.length], [[], 1]);
  });
}

Deno.test("each try at a write names the call and a new attempt, and looks for what an earlier one left", async () => {
  const { call, sent } = toolbox(PASSING["a bad gateway"]!, 4);
  const result = await call("update_book", { book_id: crypto.randomUUID(), updates: { title: "T" } });
  assert.deepEqual([result.ok, !result.ok && result.error], [false, "not_found"]);
  assert.deepEqual(sent.map(({ method }) => method), ["PATCH", "GET", "PATCH", "GET", "PATCH", "GET"]);
  const writes = sent.filter(({ method }) => method === "PATCH");
  assert.deepEqual(new Set(writes.map(({ call_id }) => call_id)), new Set(["call"]));
  assert.equal(new Set(writes.map(({ attempt }) => attempt)).size, 3);
});
