// The demo model on the demo workspace's tools: sentences, and what comes of them.
import assert from "node:assert/strict";
import { PlanDraft, StepResult } from "../../../shared/contracts/plan.ts";
import type { Row } from "../../../dev/model/brain/conversation.ts";
import { chat, step } from "../../dev/model/talk.ts";
import { fakeWorkspace, offered, uuid } from "./model_workspace.ts";

const OPEN = ["backlog", "in_progress", "blocked"];
const WEBSITE = ["search_projects", { query: "Website" }] as const;

function said(message: string, known?: Row) {
  const { calls, call } = fakeWorkspace();
  const { text, last } = chat(message, {
    tools: offered(),
    answer: (name, args) => name === "create_plan" ? undefined : call(name, args),
  }, known);
  return { text, calls, plan: last && PlanDraft.parse(last.arguments) };
}

function work(task: string, tools: string[], earlier?: Row[]) {
  const { calls, call } = fakeWorkspace();
  const { last } = step(task, {
    tools: offered(tools),
    answer: (name, args) => name === "submit_result" ? undefined : call(name, args),
  }, earlier);
  return { result: StepResult.parse(last?.arguments), calls };
}

for (
  const [message, expected, answer] of [
    ["Show me my tasks", [["list_tasks", {}]], /^6 tasks:\n- \*\*Write copy\*\* \(/],
    ["Which tasks are blocked in the Website project?", [
      WEBSITE,
      ["list_tasks", { project_id: uuid(1), status: ["blocked"] }],
    ], /^1 blocked task of the project "Website":\n- \*\*Legal check\*\*/],
    ["How many open tasks do I have?", [["list_tasks", { status: OPEN }]], /^5 open tasks\.$/],
    [
      "Show the three most urgent tasks",
      [["list_tasks", { limit: 50, sort_by: "priority" }]],
      /^3 most urgent tasks:\n- \*\*Write copy\*\*.*(\n- .*){2}$/,
    ],
    [
      "find notes about pricing",
      [["search_notes", { query: "pricing" }]],
      /^1 note about "pricing":\n- \*\*Tone/,
    ],
    ["What projects do I have?", [["search_projects", {}]], /^2 projects:/],
    ["Show my calendar events", [["get_calendar_events", {}]], /^1 calendar event:\n- \*\*Stand-up\*\*/],
    ["Create a task to call the printer, high priority, in the Website project", [
      WEBSITE,
      ["create_task", { title: "Call the printer", priority: "high", project_id: uuid(1) }],
    ], /^I created the task \*\*Call the printer\*\*\.$/],
    ["add a note: the client likes blue, and red in Spring", [
      ["create_note", { content: "The client likes blue, and red in Spring" }],
    ], /created the note/],
    ["Mark Write copy as done", [
      ["list_tasks", { query: "Write copy" }],
      ["update_task", { task_id: uuid(11), updates: { status: "done" } }],
    ], /^I changed \*\*Write copy\*\* \(status done\)\.$/],
    ["Set the status of the Website project to paused", [
      WEBSITE,
      ["update_project", { project_id: uuid(1), updates: { status: "paused" } }],
    ], /changed \*\*Website\*\* \(status paused\)/],
    ["Create a task for each note", [
      ["search_notes", { limit: 50 }],
      ["create_task", { title: "Tone of voice" }],
    ], /created the task \*\*Tone of voice\*\*/],
    ["Cancel my stand-up", [
      ["get_calendar_events", {}],
      ["delete_calendar_event", { event_id: uuid(31) }],
    ], /^I removed \*\*Stand-up\*\*\.$/],
    [
      "Cancel my call with Jonas",
      [["get_calendar_events", {}]],
      /"call with Jonas", so nothing was changed\.$/,
    ],
    [
      'Add a task "Buy milk" to the Weather app project',
      [["search_projects", { query: "Weather app" }]],
      /^I found no project "Weather app"\.$/,
    ],
  ] as const
) {
  Deno.test(`"${message}"`, () => {
    const { text, calls, plan } = said(message);
    assert.equal(plan, undefined);
    assert.deepEqual(calls, expected.map(([name, args]) => ({ name, arguments: args })));
    assert.match(text, answer);
  });
}

Deno.test("the mission's sentence becomes a plan: look-ups side by side, then writes that depend on them", () => {
  for (
    const message of [
      "Update the Website project and schedule its open tasks",
      "Update the Website project and put its open tasks on the calendar",
    ]
  ) {
    const plan = said(message).plan;
    assert.deepEqual(
      plan?.steps.map(({ task, executor_required, depends_on }) => [task, executor_required, depends_on]),
      [
        ['Show the project "Website"', true, []],
        ['List the open tasks of the project "Website"', true, []],
        ['List the notes and brain dumps of the project "Website"', true, []],
        ["Find available slots", true, []],
        ["Update the Website project", false, [1, 2, 3]],
        ['schedule the open tasks of the project "Website"', false, [2, 4]],
      ],
    );
  }
});

Deno.test("in a chat about a project, it and its tasks are meant", () => {
  const focus = { type: "project", id: uuid(1), name: "Website" };
  const { plan } = said("Update project and schedule tasks", { focus });
  assert.deepEqual(plan?.steps.map(({ task }) => task), [
    'Show the project "Website"',
    'List the open tasks of the project "Website"',
    'List the notes and brain dumps of the project "Website"',
    'List the tasks of the project "Website"',
    "Find available slots",
    'Update the project "Website"',
    'schedule tasks of the project "Website"',
  ]);
});

Deno.test("an executor follows up from a search to the project's tasks and hands in their ids", () => {
  const { result, calls } = work('List the open tasks of the project "Website"', [
    "search_projects",
    "list_tasks",
  ]);
  assert.deepEqual(calls.map(({ name }) => name), ["search_projects", "list_tasks"]);
  assert.equal(result.status, "completed");
  assert.match(
    result.summary,
    /^4 open tasks of the project "Website": Write copy, Pick fonts, Legal check and Test forms\.$/,
  );
  assert.ok(JSON.stringify(result.data).includes(uuid(14)));
  assert.ok(!JSON.stringify(result.data).includes(uuid(16)), "a task that is done is not open");
});

Deno.test("a task is found by its name where its project is named beside it", () => {
  const { result } = work(
    'Find the task "Test forms" of the project Website: its id, status and priority.',
    offered().map(({ name }) => name),
  );
  assert.equal(result.status, "completed");
  assert.ok(JSON.stringify(result.data).includes(uuid(14)));
});

const TASKS = ["Write copy", "Pick fonts", "Legal check", "Test forms"].map((title, n) => ({
  ...{ id: uuid(11 + n), title, duration_minutes: [90, 30, 60, 60][n] ?? 60 },
  ...{ status: n === 2 ? "blocked" : "backlog", priority: ["high", "low", "medium", "medium"][n] ?? "low" },
  ...(n === 3 && { start_date: "2026-11-25T10:00+01:00" }),
}));
const SLOTS = [
  { start: "2026-11-23T09:00+01:00", end: "2026-11-23T11:00+01:00" },
  { start: "2026-11-23T13:00+01:00", end: "2026-11-23T14:00+01:00" },
];
const SCHEDULERS = ["update_or_schedule_task", "find_available_slots", "list_tasks", "search_projects"];

function scheduled(task: string, tasks: Row[], available_slots: Row[] = SLOTS) {
  const earlier: Row[] = [
    { step_number: 2, status: "completed", data: { tasks } },
    { step_number: 4, status: "completed", data: { available_slots } },
  ];
  const { result, calls } = work(task, SCHEDULERS, earlier);
  assert.ok(
    calls.every(({ name }) => name === "update_or_schedule_task"),
    "what is known is not looked up again",
  );
  return {
    result,
    starts: calls.map(({ arguments: args }) => [args.task_id, args.start_time, args.duration_minutes]),
  };
}

Deno.test("a writing step schedules the open tasks in free time, the most urgent first, and says what it left", () => {
  const { result, starts } = scheduled('schedule the open tasks of the project "Website"', TASKS);
  assert.deepEqual(starts, [
    [uuid(11), "2026-11-23T08:00:00.000Z", 90],
    [uuid(12), "2026-11-23T09:30:00.000Z", 30],
  ]);
  assert.equal(result.status, "completed");
  assert.equal(
    result.summary,
    "I put 2 tasks on your calendar.\n- Monday 2026-11-23 09:00 to 10:30: **Write copy**\n" +
      "- Monday 2026-11-23 10:30 to 11:00: **Pick fonts**\n" +
      "With a date already, so left as it is: Test forms.\nBlocked, so not scheduled: Legal check.",
  );
});

Deno.test("what could not be scheduled is not counted among what was", () => {
  const tasks = [...TASKS.slice(0, 2), {
    id: uuid(70),
    title: "Gone",
    duration_minutes: 30,
    status: "backlog",
  }];
  const { result } = scheduled("schedule the tasks", tasks);
  assert.equal(result.status, "completed");
  assert.match(
    result.summary,
    /^I put 2 tasks on your calendar\. That did not work: There is no such task\.\n/,
  );
});

Deno.test("a count in the request is kept to, and so is the order that it names", () => {
  const tasks = Array.from({ length: 7 }, (_, n) => ({
    ...{ id: uuid(60 + n), title: `Task ${n}`, duration_minutes: 30 },
    ...{ status: "backlog", priority: n === 4 ? "high" : n === 6 ? "medium" : "low" },
  }));
  for (const task of ["schedule the two most urgent tasks", "Schedule 2 of the most urgent tasks"]) {
    assert.deepEqual(scheduled(task, tasks).starts.map(([id]) => id), [uuid(64), uuid(66)], task);
  }
  assert.equal(
    scheduled("schedule the tasks", tasks, [{
      start: "2026-11-23T09:00+01:00",
      end: "2026-11-23T17:00+01:00",
    }]).starts.length,
    3,
    "few on a day",
  );
});

Deno.test("a task that depends on others is scheduled after them, however early there is time", () => {
  const task = { status: "backlog", priority: "high", duration_minutes: 60 };
  const tasks = [
    { ...task, id: uuid(61), title: "Test it", has_dependencies: true },
    { ...task, id: uuid(62), title: "Build it", duration_minutes: 120 },
  ];
  const slots = [
    { start: "2026-11-23T09:00Z", end: "2026-11-23T10:00Z" },
    { start: "2026-11-23T13:00Z", end: "2026-11-23T16:00Z" },
  ];
  assert.deepEqual(
    scheduled("schedule the open tasks", tasks, slots).starts.map(([id, start]) => [id, start]),
    [
      [uuid(62), "2026-11-23T13:00:00.000Z"],
      [uuid(61), "2026-11-23T15:00:00.000Z"],
    ],
  );
});

Deno.test("where a result was cut, the step looks again before it writes", () => {
  const earlier = [{ step_number: 2, data: { tasks: TASKS.slice(0, 1), cut: "4 in all" } }];
  const { calls } = work('schedule the open tasks of the project "Website"', SCHEDULERS, earlier);
  assert.deepEqual(calls.slice(0, 2).map(({ name }) => name), ["search_projects", "list_tasks"]);
});

Deno.test("a project is read before it is written over, and what people wrote there is kept", () => {
  const earlier = [{ step_number: 1, data: { projects: [{ id: uuid(1), title: "Website" }], tasks: TASKS } }];
  const { calls, result } = work(
    "Update the Website project",
    ["get_project_details", "update_project"],
    earlier,
  );
  assert.deepEqual(calls.map(({ name }) => name), ["get_project_details", "update_project"]);
  assert.deepEqual(calls[1]?.arguments, {
    project_id: uuid(1),
    updates: {
      executive_summary:
        "As of 2026-11-22: 4 tasks open. Next: Write copy, Pick fonts and Test forms. Blocked: Legal check. Before: The copy is late.",
    },
  });
  assert.equal(result.summary, "I updated **Website**.");
});

Deno.test("the answer to a planned turn tells what was done, what was found and what failed", () => {
  const steps = [
    { step_number: 1, title: "Look at Website", status: "completed", summary: "Website is active." },
    { step_number: 2, title: "Find notes", status: "failed", error: "The search failed." },
    { step_number: 3, title: "Update Website", status: "skipped", error: "Step 2 did not complete." },
    {
      ...{ step_number: 4, status: "completed", data: { kind: "done" } },
      summary: "I put 1 task on your calendar.\n- Monday 2026-11-23 10:00 to 11:30: **Write copy**",
    },
  ];
  const { text } = chat("Update the Website project and schedule its open tasks", {
    tools: offered(),
    answer: () => JSON.parse(JSON.stringify({ ok: true, data: { status: "failed", steps }, message: "" })),
  });
  assert.equal(
    text,
    "I put 1 task on your calendar.\n- Monday 2026-11-23 10:00 to 11:30: **Write copy**\n\n" +
      "What I found:\n- Website is active.\n\nWhat did not work:\n- The search failed.\n- Step 2 did not complete.",
  );
});
