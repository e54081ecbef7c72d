import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { heldRows, uiHistory, uiMessageOf } from "../../shared/protocols/ai_sdk/ui_history.ts";
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

const row = (id: string, role: "user" | "assistant", client_message_id: string | null = null) => ({
  ...{ id, role, run_id: null, client_message_id },
});

/** What `useChat` holds: of each message the id that it has there, and the row that it is. */
interface Held {
  id: string;
  role: "user" | "assistant";
  row: string;
}

/** A page on which messages are sent, edited and answered anew, and which is loaded again in between. */
function usedPage(random: () => number) {
  const rows: ReturnType<typeof row>[] = [];
  let page: Held[] = [];
  let ids = 0;
  const pick = (count: number) => Math.floor(random() * count);
  const ask = (before: Held[], id: string) => {
    const [question, answer] = [`q${++ids}`, `a${ids}`];
    rows.push(row(question, "user", id));
    page = [...before, { id, role: "user", row: question }];
    // Some runs have not ended yet when the history is read, or the page goes on.
    if (random() < 0.2) return;
    rows.push(row(answer, "assistant"));
    page.push({ id: answer, role: "assistant", row: answer });
  };
  const acts = [
    () => ask(page, `c${++ids}`),
    // sendMessage({ text, messageId })
    () => {
      const at = page.findLastIndex(({ role }, i) => role === "user" && i <= pick(page.length + 1));
      if (at >= 0) ask(page.slice(0, at), page[at]?.id ?? "");
    },
    // regenerate(): from an answer, or the last message, back to the question
    () => {
      const from = random() < 0.5 ? page.length - 1 : pick(page.length);
      const kept = page.slice(0, page[from]?.role === "assistant" ? from : from + 1);
      const at = kept.findLastIndex(({ role }) => role === "user");
      if (at >= 0) ask(kept.slice(0, at), kept[at]?.id ?? "");
    },
    () => page = page.map((one) => ({ ...one, id: one.row })),
  ];
  for (let i = 0; i < 12; i++) acts[pick(acts.length)]?.();
  return { rows, page };
}

const CHANCES = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 40, maxLength: 60 });

Deno.test("whatever is edited, answered anew and loaded again, the history is what the page holds", () => {
  let replaced = 0;
  fc.assert(
    fc.property(CHANCES, (chances) => {
      let at = 0;
      const { rows, page } = usedPage(() => (chances[at++ % chances.length] ?? 0) / 1_000);
      assert.deepEqual(heldRows(rows).map(({ id }) => id), page.map((one) => one.row));
      if (page.length < rows.length) replaced++;
    }),
    { numRuns: 500 },
  );
  assert.ok(replaced > 100, `${replaced} pages had something replaced`);
});

Deno.test("what comes without a client's id, or under one that is not there, comes at the end", () => {
  const rows = [row("q1", "user", "c1"), row("a1", "assistant"), row("q2", "user"), row("q3", "user", "a1")];
  assert.deepEqual(heldRows(rows), rows);
});
