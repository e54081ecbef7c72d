// Tasks over real HTTP and Postgres, on a model that does the right thing for some of them and the wrong thing for
// others, as a script says: the table tells which.
import assert from "node:assert/strict";
import { z } from "zod";
import { modelFailure } from "../../../shared/contracts/model_failure.ts";
import { PLAIN } from "../../../dev/terminal/style.ts";
import { detailLines } from "../../../dev/try/detail.ts";
import { report } from "../../../dev/try/report.ts";
import { resultTable, sumLine } from "../../../dev/try/result_table.ts";
import { exitCode, type Outcome } from "../../../dev/try/run_tasks.ts";
import { newTryUser } from "../../../dev/try/try_user.ts";
import { readWorkspace } from "../../../dev/try/workspace.ts";
import type { ScriptedTurnInput } from "../../support/models/script.ts";
import { testStack } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";
import { MEANWHILE, RIGHT } from "./right_model.ts";
import { call, openTasks, say, tryTasks, website } from "./scripted_tasks.ts";

function rowsOf(outcome: Outcome): Record<string, string[]> {
  const table = resultTable(outcome.results.map(({ task }) => task), "all", { style: PLAIN, width: 1_000 });
  return Object.fromEntries(outcome.results.map((result) => [result.task, table.rows(result)]));
}

test("the table tells what a model did right and what it did wrong, by the rows that it left behind", async () => {
  const outcome = await tryTasks({
    // Right.
    "what-is-buildos": () => [say("A workspace.")],
    "create-fields": (rows) => [
      call("create_task", {
        ...{ title: "Compress the hero picture", priority: "high", duration_minutes: 45 },
        project_id: website(rows),
      }),
      say("Done."),
    ],
    "executor-reads": (rows) => [
      call("list_tasks", { query: "pricing page" }),
      call("submit_result", {
        status: "completed",
        summary: "Found.",
        data: openTasks(rows).map(({ id }) => id),
      }),
    ],
    // Wrong.
    "no-write": (rows) => [
      call("find_available_slots", { time_min: "2026-01-01T00:00Z", time_max: "2026-01-04T00:00Z" }),
      call("schedule_task", { task_id: openTasks(rows)[0]?.id ?? "", start_time: "2030-01-01T10:00" }),
      say("It is entered."),
    ],
    "update-earlier": () => [say("Yes, there is."), say("It is ticked off.")],
  });
  const rows = rowsOf(outcome);

  assert.match(rows["what-is-buildos"]?.[0] ?? "", /^what-is-buildos +passed +demo-model-not-an-llm +1 +0 /);
  assert.match(rows["create-fields"]?.[0] ?? "", /^create-fields +passed +demo-model-not-an-llm +2 +1 /);
  assert.match(rows["executor-reads"]?.[0] ?? "", /^executor-reads +passed +demo-model-not-an-llm +2 +2 /);
  assert.match(rows["no-write"]?.[0] ?? "", /^no-write +FAILED +demo-model-not-an-llm +3 +2 /);
  assert.match(
    rows["no-write"]?.join("\n") ?? "",
    /expected no call that writes, and there is schedule_task/,
  );
  assert.match(rows["no-write"]?.join("\n") ?? "", /expected no row to change, and the event .* was created/);
  assert.match(rows["update-earlier"]?.[0] ?? "", /^update-earlier +FAILED +demo-model-not-an-llm +2 +0 /);
  assert.deepEqual(rows["update-earlier"]?.slice(1), [
    '  - turn 2: expected one of the tasks to be updated (status "done"), and none was',
  ]);
  assert.equal(sumLine(outcome), "3 of 5 passed, 2 failed");
  assert.equal(exitCode(outcome), 1);
});

test("the turns of a task are one conversation, and each is judged by what it changed itself", async () => {
  const { results } = await tryTasks({ "over-turns": RIGHT["over-turns"] ?? (() => []) }, MEANWHILE);
  const only = results[0]?.attempts[0];
  assert.deepEqual(only?.verdict, { outcome: "passed" });
  assert.deepEqual(only.turns.map(({ changes }) => changes.length), [1, 1, 1]);
  assert.equal(new Set(only.turns.map(({ run }) => run.session_id)).size, 1);
});

test("a conversation ends with the turn that the model could not answer", async () => {
  const filtered = { error: { code: "content_filter", message: "The response was filtered." } };
  const { results } = await tryTasks({
    "update-earlier": () => [{ error: { status: 400, body: filtered } }],
  });
  const { message } = modelFailure("content_filtered");
  assert.deepEqual(results[0]?.attempts[0]?.verdict, {
    outcome: "failed",
    faults: [`expected a run that completed, and it is failed: ${message}`],
  });
  assert.equal(results[0].attempts[0].turns.length, 1);
});

test("one attempt is told by its messages, its calls with their arguments, what changed, and the answer", async () => {
  const { results } = await tryTasks({
    "create-fields": (rows) => [
      call("create_task", { title: "Compress the hero picture", project_id: website(rows) }),
      say("I have created it."),
    ],
  });
  const made = results[0]?.attempts[0];
  assert.ok(made);
  const lines = detailLines(made, { style: PLAIN, width: 200 }).map((line) => line.trim());
  assert.match(lines.join("\n"), /^> Add a task to the Website project/m);
  assert.match(
    lines.join("\n"),
    /^planner: create_task \{.*"title":"Compress the hero picture".*\} ok Created/m,
  );
  assert.ok(lines.includes('changed: the task "Compress the hero picture" was created'));
  assert.equal(lines.at(-1), "I have created it.");
});

test("the report has every attempt with its verdict, its figures and the rows that were judged", async () => {
  const outcome = await tryTasks({ "simple-question": () => [say("2,160.")] });
  const told = Report.parse(JSON.parse(report(outcome, "a model")));
  assert.deepEqual([told.model, told.sum.attempts, told.sum.passed, told.sum.model_calls], [
    "a model",
    1,
    1,
    1,
  ]);
  const only = told.results[0]?.attempts[0];
  assert.deepEqual(only?.verdict, { outcome: "passed" });
  const turn = only?.turns[0];
  assert.equal(turn?.run.messages.at(-1)?.content, "2,160.");
  assert.deepEqual([turn?.events[0], turn?.events.at(-1)], ["session", "done"]);
});

const Report = z.object({
  model: z.string(),
  sum: z.object({ attempts: z.number(), passed: z.number(), model_calls: z.number() }),
  results: z.array(z.object({
    attempts: z.array(z.object({
      verdict: z.object({ outcome: z.string() }),
      turns: z.array(z.object({
        run: z.object({ messages: z.array(z.object({ content: z.string() })) }),
        events: z.array(z.string()),
      })),
    })),
  })),
});

test("a key that the host refuses is told as the host's failure, and three of them end it", async () => {
  const refused = (): ScriptedTurnInput[] => [{
    error: { status: 401, body: { error: { message: "Incorrect API key provided" } } },
  }];
  const names = ["what-is-buildos", "show-my-tasks", "executor-reads"];
  const outcome = await tryTasks(Object.fromEntries(names.map((name) => [name, refused])));
  for (const [name, lines] of Object.entries(rowsOf(outcome))) {
    assert.match(lines[0] ?? "", new RegExp(`^${name} +host `));
    assert.equal(lines[1], `  - not judged: ${modelFailure("auth").message}`);
  }
  assert.equal(outcome.gave_up, modelFailure("auth").message);
  assert.equal(exitCode(outcome), 2);
});

test("a task that arranges rows of its own finds them beside the seed's, and what it changes is nobody else's", async () => {
  const others = await newTryUser(testStack());
  const before = await readWorkspace(others.client);
  const outcome = await tryTasks({
    ambiguous: (rows) => [
      call("list_tasks", { query: "Call Anna" }),
      {
        tool_calls: [{
          name: "update_task",
          arguments: { task_id: rows.tasks[0]?.id ?? "", updates: { status: "blocked" } },
        }],
      },
      say("Which of the two?"),
    ],
  });
  const [, ...reasons] = rowsOf(outcome).ambiguous ?? [];
  assert.equal(reasons.length, 1);
  assert.match(
    reasons[0] ?? "",
    /expected no row to change, and the task .* was updated \(status .* to "blocked"/,
  );
  assert.deepEqual(await readWorkspace(others.client), before);
  const listed = outcome.results[0]?.attempts[0]?.turns[0]?.run.tool_calls[0]?.result;
  assert.equal(JSON.stringify(listed).split('"Call Anna"').length - 1, 2);
});
