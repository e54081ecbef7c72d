import assert from "node:assert/strict";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { uiHistory, uiMessageOf } from "../../shared/protocols/ai_sdk/ui_history.ts";
import { readGoldenLogs } from "../golden/golden_log.ts";
import { logOf, uuid } from "./log_of.ts";
import { eventsOfLog } from "./recording.ts";

const LOGS = new Map((await readGoldenLogs()).map((log) => [log.name, eventsOfLog(log)]));

function logNamed(name: string): RunEvent[] {
  const log = LOGS.get(name);
  assert.ok(log, name);
  return log;
}

const runOf = ([first]: RunEvent[]) => first?.run_id ?? "";
const texts = (message: ReturnType<typeof uiMessageOf> | undefined) =>
  message?.parts.flatMap((part) => part.type === "text" ? [part.text] : []);

Deno.test("the history is what was said, and of each run what its stream made", () => {
  const log = logNamed("tool_use");
  const run_id = runOf(log);
  const rows = [
    { id: "u", session_id: "s", role: "user", content: "Please", run_id },
    { id: "a", session_id: "s", role: "assistant", content: "Milk is on your list.", run_id },
    { id: "v", session_id: "s", role: "user", content: "And now?", run_id: "under way" },
  ];
  const history = uiHistory(rows, new Map([[run_id, log]]), "6");
  assert.deepEqual(history.map(({ id, role }) => [id, role]), [["u", "user"], [run_id, "assistant"], [
    "v",
    "user",
  ]]);
  const [asked, answered] = history;
  assert.deepEqual(asked?.parts, [{ type: "text", text: "Please" }]);
  assert.deepEqual(texts(answered), ["Let me look.", "Milk is on your list."]);
  assert.partialDeepStrictEqual(answered?.metadata, {
    run_id,
    session_id: "s",
    message_id: "a",
    status: "completed",
  });
  assert.ok((answered?.metadata?.usage?.model_calls ?? 0) > 0);
  const states = answered?.parts.flatMap((part) => part.type === "dynamic-tool" ? [part.state] : []);
  assert.deepEqual(states, ["output-available", "output-available", "output-available"]);
});

Deno.test("a run whose log or whose texts are gone says what its row says", () => {
  const log = logNamed("simple");
  const run_id = runOf(log);
  const row = { id: "a", session_id: "s", role: "assistant", content: "Good morning.", run_id };
  const purged = log.map((event) => event.type === "text" ? { ...event, delta: "" } : event);
  for (const logs of [new Map(), new Map([[run_id, purged]]), new Map([[run_id, log.slice(0, -1)]])]) {
    const [message] = uiHistory([row], logs, "6");
    assert.equal(message?.id, run_id);
    assert.equal(texts(message)?.at(-1), "Good morning.");
    assert.equal(message?.metadata?.message_id, "a");
  }
  const [without_run] = uiHistory([{ ...row, run_id: null }], new Map(), "6");
  assert.equal(without_run?.id, "a");
});

Deno.test("a text that was withdrawn is marked, and gone for clients that can take it away", () => {
  const taken_over = logOf(
    ["session", { session_id: uuid(2), user_message_id: uuid(3) }],
    ["text", { part: 1, message_id: uuid(5), delta: "This is lost." }],
    ["taken_over", { generation: 2, why: "lease_expired" }],
    ["text_withdrawn", { part: 1 }],
    ["text", { part: 2, message_id: uuid(6), delta: "This is what is said in its place." }],
  );
  for (const log of [logNamed("withdrawn_text"), taken_over]) {
    const marked = uiMessageOf(log, "6").parts.filter((part) =>
      part.type === "text" && part.providerMetadata?.agent.withdrawn
    );
    assert.equal(marked.length, 1);
    assert.deepEqual(texts(uiMessageOf(log, "7")), ["This is what is said in its place."]);
  }
});

Deno.test("a plan and its executors are one part each, in their last state", () => {
  const { parts } = uiMessageOf(logNamed("plan"), "6");
  const [plan, ...more] = parts.flatMap((part) => part.type === "data-plan" ? [part.data] : []);
  assert.equal(more.length, 0);
  assert.ok(plan && plan.steps.every(({ state }) => state === "completed"));
  assert.ok(plan.steps.every((step) => !("task" in step) && !("tools" in step)));
  const agents = parts.flatMap((part) => part.type === "data-agent" ? [part.data] : []);
  assert.equal(agents.length, plan.steps.filter(({ executor_required }) => executor_required).length);
  assert.ok(agents.every(({ status }) => status === "completed"));
});

Deno.test("no message of a run that has ended waits for anything", () => {
  for (const [name, log] of LOGS) {
    for (const n of log.keys()) {
      const end = log.at(-1);
      assert.ok(end);
      const { parts } = uiMessageOf([...log.slice(0, n + 1), end], "6");
      const waiting = parts.filter((part) =>
        part.type === "dynamic-tool" && /^(input-available|approval-requested)$/.test(part.state) ||
        part.type === "text" && part.state === "streaming" || part.type === "data-approval" && part.data.open
      );
      assert.deepEqual(waiting, [], `${name} ended after ${n}`);
    }
  }
});
