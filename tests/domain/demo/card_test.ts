// The card of a call that waits, and what a person may say to it.
import assert from "node:assert/strict";
import { cardLines } from "../../../dev/turn/card.ts";
import { decide } from "../../../dev/turn/decide.ts";
import { knownNames } from "../../../dev/turn/known_names.ts";
import { events, stateOf } from "./demo_events.ts";
import { createAskLine } from "../../../dev/terminal/ask_line.ts";
import { PLAIN, widthOf } from "../../../dev/terminal/style.ts";
import { Approval } from "../../../shared/contracts/approval.ts";

const EVENT = "e0000000-0000-4000-8000-000000000003";
const approval = (change: Partial<Approval> = {}): Approval =>
  Approval.parse({
    tool_call_id: crypto.randomUUID(),
    name: "delete_calendar_event",
    arguments: { event_id: EVENT },
    arguments_sha256: "0".repeat(64),
    why: [{ by: "default", text: "Cancelling an event is asked for." }],
    effects: [
      {
        table: "public.calendar_events",
        op: "update",
        key: { id: EVENT },
        changes: { status: ["confirmed", "cancelled"] },
      },
      {
        table: "public.notes",
        op: "insert",
        key: { id: "n1" },
        row: { id: "n1", title: "Why", project_id: null },
      },
      { table: "public.tasks", op: "delete", key: { id: "t1" }, row: { title: "Old" } },
    ],
    expires_at: "2026-11-23T15:00:00.000Z",
    ...change,
  });

const CANVAS = { style: PLAIN, width: 80, time_zone: "Europe/Berlin" };
const card = (change?: Partial<Approval>) => cardLines(approval(change), CANVAS);

Deno.test("a card says what would be done, what it would change, why it is asked, and until when", () => {
  assert.deepEqual(card({ remember: "Cancel this event." }), [
    "? delete calendar event",
    `  event_id: ${EVENT}`,
    `  ~ calendar_events ${EVENT}`,
    "      status: confirmed → cancelled",
    "  + notes n1",
    "      id: n1",
    "      title: Why",
    `  - tasks "Old" (t1)`,
    "      title: Old",
    "  Cancelling an event is asked for.",
    "  May be allowed from now on: Cancel this event.",
    "  Open until Mon 23 Nov, 16:00.",
  ]);
});

Deno.test("rows that the run has read are named on a card, and only those", () => {
  const listed = [{ id: EVENT, title: "Lunch \u001b[2J" }, { id: 4, title: "No" }];
  const call = { type: "tool_call", tool_call_id: "c1", name: "get_calendar_events", arguments: {} } as const;
  const found = { ok: true, result: "1 event.", duration_ms: 1, data: { events: listed } };
  const names = knownNames(
    stateOf(events(call, { type: "tool_result", tool_call_id: "c1", ...found })),
  );
  assert.deepEqual([...names.keys()], [EVENT]);
  const lines = cardLines(approval(), { ...CANVAS, names });
  assert.equal(lines[1], `  event_id: "Lunch [2J" (${EVENT})`);
  assert.ok(lines.includes(`  ~ calendar_events "Lunch [2J" (${EVENT})`));
  assert.ok(lines.includes("  + notes n1"));
});

Deno.test("a row that a call would change is called what the database calls it, whatever else was read", () => {
  const names = new Map([[EVENT, "Spam"], ["t1", "Junk"], ["n1", "Else"]]);
  const [update, ...others] = approval().effects ?? [];
  const effects = [{ ...update, title: "Lunch" }, ...others];
  const lines = cardLines(approval({ effects: Approval.shape.effects.parse(effects) }), { ...CANVAS, names });
  assert.equal(lines[1], `  event_id: "Lunch" (${EVENT})`);
  assert.ok(lines.includes(`  ~ calendar_events "Lunch" (${EVENT})`));
  assert.ok(lines.includes('  - tasks "Old" (t1)'));
});

Deno.test("a card says where nothing is known of what would change, and where nothing would", () => {
  assert.ok(card({ effects: null, problem: "It writes elsewhere." }).includes("  It writes elsewhere."));
  assert.ok(card({ effects: [] }).includes("  It would change nothing."));
});

Deno.test("a read that asks is said to change nothing", () => {
  const lines = card({ name: "get_borrower", arguments: { loan_id: 3 }, effects: null });
  assert.deepEqual(lines.slice(0, 3), [
    "? get borrower",
    "  loan_id: 3",
    "  It only reads, with these arguments, and changes nothing.",
  ]);
});

Deno.test("what may be allowed from now on is read whole, and so is why nothing can be shown", () => {
  const remember = `Later calls of delete_calendar_event where event_id is ${EVENT} and scope is "this".`;
  const problem = `${"It works outside of the database. ".repeat(4)}So nobody knows.`;
  const text = card({ remember, effects: null, problem }).map((line) => line.trim()).join(" ");
  assert.ok(text.includes(`May be allowed from now on: ${remember}`), text);
  assert.ok(text.includes(problem), text);
});

Deno.test("a step's card names the step, and a long one is cut, and says so", () => {
  const effects = Array.from({ length: 20 }, (_, i) => ({
    ...{ table: "public.tasks", op: "update" as const, key: { id: String(i) } },
    changes: { status: ["a", "b"] as [string, string] },
  }));
  const lines = card({ step_number: 3, effects });
  assert.equal(lines[0], "? step 3: delete calendar event");
  assert.ok(lines.includes("  and 28 more lines"));
  assert.ok(lines.length < 20);
});

const HOSTILE =
  "\u001b[2J\u001b]0;title\u0007 **bold** <b>x</b>\r\nline\u202edoog\u0085 \u009b31m [a](http://x)";

Deno.test("nothing on a card is obeyed by a terminal, turned around, or rendered", () => {
  const lines = card({
    ...{
      name: HOSTILE,
      arguments: { [HOSTILE]: HOSTILE, deep: { [HOSTILE]: [HOSTILE] } },
      remember: HOSTILE,
    },
    why: [{ by: "rule", text: HOSTILE }],
    effects: [
      { table: HOSTILE, op: "update", key: { id: HOSTILE }, changes: { [HOSTILE]: [HOSTILE, HOSTILE] } },
      { table: HOSTILE, op: "insert", key: { id: HOSTILE }, row: { [HOSTILE]: HOSTILE } },
    ],
  });
  // deno-lint-ignore no-control-regex -- what must not be there
  const obeyed = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  for (const line of lines) assert.doesNotMatch(line, obeyed);
  assert.ok(lines.some((line) => line.includes("**bold** <b>x</b>")));
  assert.ok(lines.every((line) => widthOf(line) <= CANVAS.width));
});

const answers = (...given: (string | null)[]) => {
  const said: string[] = [];
  const ask = () => Promise.resolve(given.shift() ?? null);
  return { ask, said, say: (line: string) => void said.push(line) };
};

async function decided(change: Partial<Approval>, ...given: (string | null)[]) {
  const { ask, said, say } = answers(...given);
  const { tool_call_id: _id, arguments_sha256: _hash, ...decision } = await decide(
    approval(change),
    ask,
    say,
  );
  return { decision, said };
}

Deno.test("yes, no with and without a reason, an edit, and a scope where there is one", async () => {
  const cases: [string[], object][] = [
    [["y"], { approved: true }],
    [["YES"], { approved: true }],
    [["n"], { approved: false }],
    [["no, not before Friday"], { approved: false, reason: "not before Friday" }],
    [["", "maybe", "n"], { approved: false }],
    [["e", '{"event_id": "other"}'], { approved: true, arguments: { event_id: "other" } }],
    [["e", "[1]", "n"], { approved: false }],
    [["nothing", "y"], { approved: true }],
  ];
  for (const [given, expected] of cases) {
    assert.deepEqual((await decided({}, ...given)).decision, expected, JSON.stringify(given));
  }
  assert.deepEqual((await decided({ remember: "This." }, "s")).decision, {
    approved: true,
    scope: "session",
  });
  assert.deepEqual((await decided({ remember: "This." }, "a")).decision, { approved: true, scope: "always" });
  assert.deepEqual(
    (await decided({}, "a", "y")).decision,
    { approved: true },
    "there is nothing to remember",
  );
});

Deno.test("an answer that is none is met with what would be one", async () => {
  const { said } = await decided({}, "", "maybe", "e", "5", "y");
  const hint = "Please answer with one of these letters, or with n and the reason.";
  assert.deepEqual(said, [hint, hint, "That is no JSON object."]);
});

Deno.test("where there is nobody to ask it is declined, and the terminal and the model are told", async () => {
  const { decision, said } = await decided({}, null);
  assert.deepEqual(decision, {
    approved: false,
    reason: "Nobody is at the terminal, so that nobody could be asked.",
  });
  assert.deepEqual(said, ["There is no terminal to ask at, so it is declined."]);
});

Deno.test("lines are read one for each question, however they come, and their end is no answer", async () => {
  const bytes = ["y", "\nno, ", "later\nrest"].map((text) => new TextEncoder().encode(text));
  const written: string[] = [];
  const ask = createAskLine(
    ReadableStream.from(bytes),
    (text) => void written.push(text),
    AbortSignal.any([]),
  );
  assert.deepEqual([await ask("1? "), await ask("2? "), await ask("3? ")], ["y", "no, later", null]);
  assert.deepEqual(written, ["1? ", "2? ", "3? "]);
});

Deno.test("a question ends with the demo", async () => {
  const stop = new AbortController();
  const ask = createAskLine(new ReadableStream(), () => {}, stop.signal);
  const asking = ask("? ");
  stop.abort(new Error("Ctrl-C"));
  await assert.rejects(asking, /Ctrl-C/);
});
