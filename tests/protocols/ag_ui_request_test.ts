import assert from "node:assert/strict";
import { AgUiRequest } from "../../shared/protocols/ag_ui/ag_ui_request.ts";
import { clientIdsOf } from "../../shared/protocols/ag_ui/client_ids.ts";
import { undecided } from "../../shared/protocols/client_decision.ts";

const CALL = "841943d0-1797-8a46-931e-f37ac2e27d64";
const OTHER = "c201af49-e358-8a6c-a929-be6838a8b784";

const input = (messages: unknown[], more: object = {}) => ({
  ...{ threadId: "thread-1", runId: "run-1", protocolVersion: "1.0", messages },
  ...{ state: {}, tools: [{ name: "alert" }], context: [], forwardedProps: {} },
  ...more,
});

const decisionsOf = (...resume: object[]) => {
  const request = AgUiRequest.parse(input([], { resume }));
  assert.ok(request.kind === "decisions");
  return request.decisions;
};

function refusalOf(body: unknown): string {
  const [issue] = AgUiRequest.safeParse(body).error?.issues ?? [];
  return `${issue?.path.join(".")}: ${issue?.message}`;
}

Deno.test("the newest message of the user's is the turn, as text or as parts of text", () => {
  const history = [{ role: "user", content: "Before" }, { role: "assistant", content: "Yes?" }];
  const props = { time_zone: "Europe/Berlin", context_type: "book", entity_id: "7", app: 1 };
  const plain = input([...history, { id: "m", role: "user", content: "Hello" }, { role: "activity" }], {
    forwardedProps: props,
  });
  assert.deepEqual(AgUiRequest.parse(plain), {
    ...{ kind: "turn", thread_id: "thread-1", run_id: "run-1", message: "Hello", request_key: "agui:run-1" },
    extras: { time_zone: "Europe/Berlin", context_type: "book", entity_id: "7" },
    held: new Map(),
  });
  const content = [{ type: "text", text: "Hello," }, { type: "text", text: "you" }];
  const request = AgUiRequest.parse(
    input([{ role: "user", content }], { forwardedProps: undefined, resume: [] }),
  );
  assert.ok(request.kind === "turn");
  assert.equal(request.message, "Hello,\nyou");
  assert.deepEqual(request.extras, {});
});

Deno.test("an interrupt is allowed by approved: true alone, and declined by false or a cancel; nothing else is an answer", () => {
  const resolved = { interruptId: CALL, status: "resolved" };
  const allows = { tool_call_id: CALL, approved: true };
  const declines = { tool_call_id: CALL, approved: false };
  assert.deepEqual(decisionsOf({ ...resolved, payload: { approved: true } }), [allows]);
  const unreadable: unknown[] = [undefined, null, true, "yes", [], {}, { approved: "true" }, { approved: 1 }];
  const beside = [{ editedArgs: [1] }, { editedArgs: "all" }, { reason: 5 }, { reason: "x".repeat(2_001) }];
  for (const approved of [true, false]) unreadable.push(...beside.map((more) => ({ approved, ...more })));
  for (const payload of unreadable) {
    assert.equal(
      refusalOf(input([], { resume: [{ ...resolved, payload }] })),
      "resume.0.payload: can't be read as an answer to an interrupt",
      JSON.stringify(payload),
    );
  }
  for (const payload of [undefined, "yes", { approved: true }]) {
    assert.deepEqual(decisionsOf({ ...resolved, status: "cancelled", payload }), [declines]);
  }
  assert.deepEqual(decisionsOf({ ...resolved, payload: { approved: false, reason: " Not this. " } }), [
    { ...declines, reason: "Not this." },
  ]);
});

Deno.test("edited arguments go with an approval, and with nothing else", () => {
  const edited = (approved: boolean, editedArgs: unknown) => ({
    ...{ interruptId: CALL, status: "resolved", payload: { approved, editedArgs } },
  });
  assert.deepEqual(decisionsOf(edited(true, { loan_id: 4 })), [
    { tool_call_id: CALL, approved: true, arguments: { loan_id: 4 } },
  ]);
  assert.deepEqual(decisionsOf(edited(true, null)), [{ tool_call_id: CALL, approved: true }]);
  assert.deepEqual(decisionsOf(edited(false, { loan_id: 4 })), [{ tool_call_id: CALL, approved: false }]);
  assert.match(refusalOf(input([], { resume: [edited(true, "all")] })), /^resume.0.payload: /);
});

Deno.test("what the user says besides their answers is there, for a run in which nothing is open any more", () => {
  const resume = [{ interruptId: CALL, status: "cancelled" }];
  const asked = [{ role: "user", content: "Before" }, { role: "assistant", toolCalls: [] }];
  const turnIn = (messages: object[]) => {
    const request = AgUiRequest.parse(input(messages, { resume }));
    assert.ok(request.kind === "decisions");
    return request.turn;
  };
  assert.equal(turnIn(asked), null);
  assert.partialDeepStrictEqual(turnIn([...asked, { role: "user", content: "Never mind" }]), {
    ...{ kind: "turn", message: "Never mind", request_key: "agui:run-1" },
  });
});

Deno.test("the calls that no entry answers are known", () => {
  const decisions = decisionsOf({ interruptId: CALL, status: "cancelled" });
  assert.deepEqual(undecided([CALL, OTHER], decisions), [OTHER]);
});

Deno.test("what can't be read is refused with the place where it stands", () => {
  const image = [{ type: "text", text: "Look" }, { type: "image", source: { type: "url", value: "x" } }];
  const cases: [unknown, RegExp][] = [
    [input([]), /^messages: must hold a message of the user's/],
    [input([{ role: "user", content: image }]), /^messages.0.content.1: is not text/],
    [input([{ role: "user" }]), /^messages.0.content: must be text, or parts/],
    [input([{ role: "user", content: "x" }], { threadId: "" }), /^threadId: must not be empty/],
    [input([{ role: "user", content: "x" }], { runId: "r".repeat(191) }), /^runId: /],
    [
      input([{ role: "user", content: "x" }], { forwardedProps: { time_zone: 3 } }),
      /^forwardedProps.time_zone: /,
    ],
    [input([], { resume: [{ interruptId: "x", status: "resolved" }] }), /^resume.0.interruptId: /],
    [input([], { resume: [{ interruptId: CALL, status: "maybe" }] }), /^resume.0.status: /],
  ];
  for (const [body, refusal] of cases) assert.match(refusalOf(body), refusal);
});

Deno.test("the ids of a stream are the client's where its run's row has them, else ours", () => {
  const row = { run_id: "r", session_id: "s", request_key: null, client_id: null };
  assert.deepEqual(clientIdsOf(row), { thread_id: "s", run_id: "r" });
  assert.deepEqual(clientIdsOf({ ...row, request_key: "agui:run-1", client_id: "thread-1" }), {
    ...{ thread_id: "thread-1", run_id: "run-1" },
  });
  assert.equal(clientIdsOf({ ...row, request_key: "ai:m1:abc" }).run_id, "r");
});
