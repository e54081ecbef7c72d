// A dry run of a call, whatever the tool and the database say to it: what would be changed, that nothing would be, that
// it can't be done, or that nobody knows.
import assert from "node:assert/strict";
import { PostgrestError } from "@supabase/supabase-js";
import { z } from "zod";
import type { Json } from "../../shared/contracts/text.ts";
import { failed, ok, type ToolResult } from "../../shared/contracts/tool_result.ts";
import {
  createEngineClient,
  createPreviewDb,
  createReadOnlyDb,
  createWriteDb,
} from "../../shared/db/clients.ts";
import { ids } from "../../shared/db/ids.ts";
import { createIsUndoable, createReceiptOf } from "../../shared/db/receipts.ts";
import { DatabaseError, dataOf } from "../../shared/tools/database_errors.ts";
import { defineReadTool, defineWriteTool, type WriteContext } from "../../shared/tools/define_tool.ts";
import { createToolSource } from "../../shared/tools/toolbox.ts";
import { library } from "../support/domain/library_client.ts";
import { impatientClock, type LogEntry, NOW } from "../support/tools/tool_user.ts";

type Run = (args: { title: string }, context: WriteContext) => Promise<ToolResult>;

/** A toolbox of `look`, `change`, which does what `run` does, and `send`, of which there is no dry run. */
function tools(run: Run, fetcher: typeof fetch = () => Promise.reject(new Error("nothing is asked"))) {
  const log: LogEntry[] = [];
  const ran: string[] = [];
  const config = { url: "http://127.0.0.1:9", publishable_key: "sb_publishable_x" };
  const args = z.strictObject({ title: z.string() });
  const described = { category: "action", description: "Does", args } as const;
  const writes = [{ table: "public.books", op: "INSERT" }] as const;
  const look_up = () => Promise.resolve(ok(null, "Done."));
  const source = createToolSource({
    catalogue: [
      defineReadTool({ ...described, name: "look", run: () => Promise.resolve(ok(null, "Seen.")) }),
      defineWriteTool({
        ...{ ...described, name: "change", writes, look_up },
        run: (args, context) => (ran.push("change"), run(args, context)),
      }),
      defineWriteTool({
        ...{ ...described, name: "send", writes, look_up, previewable: false },
        run: (args, context) => (ran.push("send"), run(args, context)),
      }),
    ],
    refusals: { books_title_check: ["invalid_arguments", "A book has a title."] },
    read_db: createReadOnlyDb(config, "token", fetcher),
    write_db: (attempt) => createWriteDb(config, "token", fetcher, attempt),
    preview_db: (attempt) => createPreviewDb(config, "token", fetcher, attempt),
    receiptOf: createReceiptOf(createEngineClient(config, "token", fetcher)),
    isUndoable: createIsUndoable(createEngineClient(config, "token", fetcher)),
    ...{ user_id: "user", clock: impatientClock(NOW, []), ids, lease_seconds: 15 },
    log: { error: (message, details) => void log.push({ message, details }) },
  });
  const open = (names: string[]) => source.open({ permission: "read_write", names, time_zone: "UTC" });
  const toolbox = open(["look", "change", "send"]);
  const call = (name: string, args: Json) => ({ call_id: "call", name, arguments: args });
  return {
    log,
    ran,
    preview: (name: string, args: Json) => toolbox.preview(call(name, args)),
    previewOf: (names: string[], name: string, args: Json) => open(names).preview(call(name, args)),
    edit: (name: string, args: Json) => source.edit(call(name, args), "UTC"),
  };
}

const BOOK = { title: "Emma" };
const EFFECT = { table: "public.books", op: "insert", key: { id: "1" }, row: { title: "Emma" } } as const;

const refusing = (code: string, message: string, details = "") => () =>
  Promise.reject(new DatabaseError(new PostgrestError({ code, message, details, hint: "" }), 409));
const unknown = (problem: string) => ({ kind: "unknown", problem });
const NOT_KNOWN = "What it would change could not be found out.";

Deno.test("what is not offered is refused by name, then arguments that don't fit, then what can't be tried out", async () => {
  const { previewOf, preview, ran } = tools(() => Promise.resolve(ok(null, "Done.")));
  const kinds = [
    await previewOf(["look"], "change", {}),
    await preview("change", { name: "Emma" }),
    await preview("send", {}),
    await preview("send", BOOK),
  ].map((one) => one.kind === "refused" && !one.result.ok ? one.result.error : one.kind);
  assert.deepEqual(kinds, ["not_allowed", "invalid_arguments", "invalid_arguments", "unknown"]);
  assert.deepEqual(ran, []);
});

Deno.test("a tool with effects outside of the database is not tried out, also where a person edits the call", async () => {
  const { preview, edit, ran } = tools(() => Promise.resolve(ok(null, "Sent.")));
  const problem = "What it does outside of the database can't be shown before it is done.";
  assert.deepEqual(await preview("send", BOOK), unknown(problem));
  assert.deepEqual(await edit("send", BOOK), { ok: true, arguments: BOOK, effects: null });
  assert.deepEqual(ran, []);
});

Deno.test("a read changes nothing", async () => {
  const { preview } = tools(() => Promise.resolve(ok(null, "")));
  assert.deepEqual(await preview("look", BOOK), { kind: "effects", effects: [] });
});

const OUTCOMES: Record<string, [run: Run, preview: unknown, logged: number]> = {
  "what the database refuses with is what it would change": [
    refusing("PT409", "tool_preview", JSON.stringify([EFFECT])),
    { kind: "effects", effects: [EFFECT] },
    0,
  ],
  "an empty list is no change": [
    refusing("PT409", "tool_preview", "[]"),
    { kind: "unchanged", result: ok({}, "It is so already: nothing had to be changed.") },
    0,
  ],
  "a list that nobody can read is not known": [
    refusing("PT409", "tool_preview", "[1"),
    unknown(NOT_KNOWN),
    1,
  ],
  "a tool that is done without having changed anything says so": [
    () => Promise.resolve(ok({ id: 1 }, "Already.")),
    { kind: "unchanged", result: ok({ id: 1 }, "Already.") },
    0,
  ],
  "a tool that says that it can't is not asked for": [
    () => Promise.resolve(failed("not_found", "No such book.")),
    { kind: "refused", result: failed("not_found", "No such book.") },
    0,
  ],
  "what the database refuses by a rule of the domain's is refused in its words": [
    refusing("23514", 'violates check constraint "books_title_check"'),
    { kind: "refused", result: failed("invalid_arguments", "A book has a title.") },
    0,
  ],
  "a tool that says that it has failed is not known": [
    () => Promise.resolve(failed("failed", "It went wrong.")),
    unknown(NOT_KNOWN),
    0,
  ],
  "a tool that throws is not known, and logged": [
    () => Promise.reject(new Error("no")),
    unknown(NOT_KNOWN),
    1,
  ],
  "a table that keeps no effects is not known, and logged": [
    refusing("PT403", "effects_not_kept", "public.books"),
    unknown("It changes something of which no trace is kept, so that nobody can say what it would change."),
    1,
  ],
};

for (const [what, [run, expected, logged]] of Object.entries(OUTCOMES)) {
  Deno.test(`of a dry run, ${what}`, async () => {
    const { preview, log } = tools(run);
    assert.deepEqual(await preview("change", BOOK), expected);
    assert.equal(log.length, logged);
  });
}

Deno.test("a dry run says that it is one, of which call, and is tried again while the database is away", async () => {
  const sent: Headers[] = [];
  const { preview } = tools(async (book, { db }) => {
    dataOf(await library(db).from("books").insert(book));
    return ok(null, "Done.");
  }, (_input, init) => {
    sent.push(new Headers(init?.headers));
    if (sent.length === 1) return Promise.reject(new TypeError("connection reset"));
    const details = JSON.stringify([EFFECT]);
    return Promise.resolve(
      Response.json({ code: "PT409", message: "tool_preview", details, hint: null }, { status: 409 }),
    );
  });
  assert.deepEqual(await preview("change", BOOK), { kind: "effects", effects: [EFFECT] });
  const said = sent.map((headers) =>
    ["x-agent", "x-tool-call-id", "x-tool-preview", "x-tool-arguments"].map((name) => headers.get(name))
  );
  assert.deepEqual(said, [["1", "call", "1", null], ["1", "call", "1", null]]);
});

Deno.test("a person's arguments are read as the model's are, and what does not fit is told by its field", async () => {
  const { edit, ran } = tools(() => Promise.resolve(failed("not_found", "No such book.")));
  assert.deepEqual(await edit("change", { title: 1 }), {
    ...{ ok: false, kind: "bad_request", field: "arguments.title" },
    problem: "title: expected string, received number.",
  });
  assert.deepEqual(await edit("change", { ...BOOK, other: 1 }), {
    ...{
      ok: false,
      kind: "bad_request",
      field: "arguments",
      problem: 'Unknown argument: "other". Known: title.',
    },
  });
  assert.deepEqual(ran, []);
  assert.deepEqual(await edit("change", BOOK), {
    ...{ ok: false, kind: "bad_request", field: "arguments", problem: "No such book." },
  });
  assert.deepEqual(await edit("gone", BOOK), {
    ...{ ok: false, kind: "bad_request", field: "arguments", problem: 'There is no tool "gone".' },
  });
});

Deno.test("what a person would have done instead is approved by nobody where its dry run fails: they are told", async () => {
  const UNDECIDED = "Nothing was decided: try again, or decide on what was proposed.";
  const cases: [run: Run, kind: string, problem: RegExp][] = [
    [
      () => Promise.reject(new Error("a bug")),
      "bad_request",
      /^What it would change could not be found out\. /,
    ],
    [
      refusing("57014", "canceling statement"),
      "bad_request",
      /^What it would change could not be found out\. /,
    ],
    [refusing("PT403", "effects_not_kept"), "bad_request", /of which no trace is kept/],
    [refusing("PT403", "agent_token_required"), "forbidden", /Trying it out takes the agent's own token/],
  ];
  for (const [run, kind, problem] of cases) {
    const edited = await tools(run).edit("change", BOOK);
    assert.ok(!edited.ok);
    assert.deepEqual([edited.kind, edited.field], [kind, "arguments"]);
    assert.match(edited.problem, problem);
    assert.ok(edited.problem.endsWith(UNDECIDED));
  }
});

Deno.test("a person's arguments travel with the dry run: as ASCII, long texts cut, the others whole", async () => {
  const sent: (string | null)[] = [];
  const { edit } = tools(async (book, { db }) => {
    dataOf(await library(db).from("books").insert(book));
    return ok(null, "Done.");
  }, (_input, init) => {
    sent.push(new Headers(init?.headers).get("x-tool-arguments"));
    const refusal = { code: "PT409", message: "tool_preview", details: "[]", hint: null };
    return Promise.resolve(Response.json(refusal, { status: 409 }));
  });
  const x = (many: number) => "x".repeat(many);
  const TITLES = [
    ["Emma", "Emma"],
    ['Grüße, 世界 \u{1F4DA}\n"', 'Grüße, 世界 \u{1F4DA}\n"'],
    ["what Postgres\u0000 can't hold", "what Postgres can't hold"],
    [x(500), x(200)],
    [`${x(199)}\u{1F4DA}`, `${x(199)}\ufffd`],
  ] as const;
  for (const [title, said] of TITLES) {
    assert.deepEqual(await edit("change", { title }), { ok: true, arguments: { title }, effects: [] });
    const header = sent.pop() ?? "";
    assert.match(header, /^[\x20-\x7e]*$/);
    assert.deepEqual(JSON.parse(header), { title: said });
  }
});
