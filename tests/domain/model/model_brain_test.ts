import assert from "node:assert/strict";
import { PlanDraft, StepResult } from "../../../shared/contracts/plan.ts";
import { splitJson } from "../../../dev/model/brain/json.ts";
import { isWrite } from "../../../dev/model/brain/writing.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { converse, fakeWorkspace, uuid } from "./model_workspace.ts";

const KNOWN = '<data>{"now":"Sunday 2026-11-22T16:30+01:00","time_zone":"Europe/Berlin"}</data>';

function chat(message: string, tools?: string[]) {
  const workspace = fakeWorkspace();
  const talk = converse({
    user: `${KNOWN}\n\n${message}`,
    tools: tools ?? [...workspace.names, "create_plan"],
    answer: (name, args) => name === "create_plan" ? undefined : workspace.call(name, args),
  });
  return { ...talk, calls: workspace.calls };
}

function work(options: { task: string; tools: string[]; earlier?: unknown }) {
  const workspace = fakeWorkspace();
  const earlier = options.earlier === undefined
    ? ""
    : `\nEarlier: <data>${JSON.stringify(options.earlier)}</data>`;
  const { last } = converse({
    user: `Goal: something\nTask: ${options.task}\nNow: 2026-11-22T16:30+01:00, Europe/Berlin${earlier}`,
    tools: [...options.tools, "submit_result"],
    answer: (name, args) => name === "submit_result" ? undefined : workspace.call(name, args),
  });
  return { result: StepResult.parse(last?.arguments), calls: workspace.calls };
}

Deno.test("small talk is answered in text, and says that this is no language model", () => {
  const { text, calls } = chat("Hello, who are you?");
  assert.deepEqual(calls, []);
  assert.match(text, /not a language model/);
});

Deno.test("two numbers with a sign between them are a sum, unless they are part of an id, a date or a time", () => {
  for (
    const [message, said] of [["What is 12 x 3?", "12 x 3 is 36."], ["-1.5+2", "-1.5+2 is 0.5."]] as const
  ) {
    assert.equal(chat(message).text, said);
  }
  for (
    const named of [
      "6f9a3f6e-4758-8312-9b0e-6f2f4b3f4d11",
      "12345678-4758-4312-8000-123456789012",
      "2026-11-22",
      "22/11/2026",
      "10:30-11:30",
      "9-10:30",
    ]
  ) assert.match(chat(`What about ${named}, then?`).text, /^I have no rule for that/, named);
});

Deno.test("a question about tasks is answered from what the tool returned", () => {
  const { text, calls } = chat("Which tasks are blocked in the Website project?");
  assert.deepEqual(calls.map((call) => call.name), ["search_projects", "list_tasks"]);
  assert.deepEqual(calls[1]?.arguments, { project_id: uuid(1), status: ["blocked"] });
  assert.match(text, /1 blocked task in \*\*Website\*\*:\n- \*\*Legal check\*\*/);
});

Deno.test("a tool that fails is admitted", () => {
  const workspace = fakeWorkspace();
  const { text } = converse({
    user: "Add a note: the client likes blue",
    tools: ["create_note"],
    answer: () => ({ ok: false, error: "failed", message: "The note could not be saved." }),
  });
  assert.deepEqual(workspace.calls, []);
  assert.match(text, /did not work: The note could not be saved\./);
});

Deno.test("what the user has changed in a call is what it tells of, in an answer and in what a step hands in", () => {
  const talk = (user: string, tools: string[], edited: Record<string, Json>, message: string) => {
    const workspace = fakeWorkspace();
    const answer = (name: string, args: Record<string, Json>): Json | undefined => {
      if (name === "submit_result") return undefined;
      if (name !== tools[0]) return workspace.call(name, args);
      return {
        ...{ arguments_used: { ...args, ...edited }, ok: true, data: {} },
        message: `The user changed the arguments. ${message}`,
      };
    };
    return converse({ user, tools, answer });
  };
  const cancel = ["delete_calendar_event", "get_calendar_events"];
  const { text } = talk("Cancel my stand-up", cancel, { event_id: uuid(32) }, 'Cancelled "Test forms".');
  assert.match(text, /Cancelled "Test forms"\.$/);
  assert.doesNotMatch(text, /Stand-up/);
  const note = 'Goal: x\nTask: Write a note titled "Mine"\nNow: 2026-11-22T16:30+01:00, Europe/Berlin';
  const { last } = talk(note, ["create_note", "submit_result"], { title: "Theirs" }, "Created it.");
  assert.equal(StepResult.parse(last?.arguments).summary, 'Wrote the note "Theirs".');
});

Deno.test("an undertaking becomes a plan: look-ups side by side, then writes that depend on them", () => {
  const { last } = chat("Update the Website project and schedule its open tasks");
  assert.equal(last?.name, "create_plan");
  const plan = PlanDraft.parse(last.arguments);
  const research = plan.steps.filter((step) => step.executor_required);
  assert.equal(research.length, 4);
  assert.deepEqual(research.map((step) => step.depends_on), [[], [], [], []]);
  assert.ok(
    research.every((step) => !step.tools.some(isWrite)),
  );
  const writes = plan.steps.filter((step) => !step.executor_required);
  assert.deepEqual(writes.map((step) => step.tools.find(isWrite)), [
    "update_project",
    "update_or_schedule_task",
  ]);
  assert.ok(writes.every((step) => step.depends_on.length > 0));
});

Deno.test("an executor follows up from a search to the project's tasks and hands in their ids", () => {
  const { result, calls } = work({
    task: 'List the open tasks of the project "Website".',
    tools: ["search_projects", "list_tasks"],
  });
  assert.deepEqual(calls.map((call) => call.name), ["search_projects", "list_tasks"]);
  assert.equal(result.status, "completed");
  assert.ok(JSON.stringify(result.data).includes(uuid(14)));
  assert.ok(!JSON.stringify(result.data).includes(uuid(16)), "a task that is done is not open");
});

Deno.test("an executor that finds no such project says so and fails", () => {
  const { result } = work({
    task: 'List the open tasks of the project "Nonsense".',
    tools: ["search_projects", "list_tasks"],
  });
  assert.deepEqual(result, { status: "failed", summary: 'There is no project "Nonsense".' });
});

Deno.test("a writing step schedules the open tasks in free time, the most important first", () => {
  const earlier = [
    { step_number: 2, status: "completed", data: { tasks: [11, 12, 13, 14].map((n) => TASKS[n]) } },
    {
      step_number: 4,
      status: "completed",
      data: {
        slots: [
          { start: "2026-11-23T09:00:00Z", end: "2026-11-23T10:00:00Z" },
          { start: "2026-11-23T10:00:00Z", end: "2026-11-23T11:00:00Z" },
          { start: "2026-11-23T13:00:00Z", end: "2026-11-23T14:00:00Z" },
        ],
      },
    },
  ];
  const { result, calls } = work({
    task:
      'Put the open tasks of the project "Website" into free slots between 2026-11-23T00:00:00Z and 2026-11-30T00:00:00Z.',
    tools: ["update_or_schedule_task", "check_task_has_calendar_event", "find_available_slots"],
    earlier,
  });
  assert.deepEqual(
    calls.filter((call) => call.name === "update_or_schedule_task").map((call) => call.arguments),
    [
      { task_id: uuid(11), start_time: "2026-11-23T09:00Z", duration_minutes: 90 },
      { task_id: uuid(12), start_time: "2026-11-23T10:30Z", duration_minutes: 30 },
    ],
  );
  assert.equal(result.status, "completed");
  assert.match(
    result.summary,
    /2 tasks put on the calendar\. Already on it: Test forms\. Blocked, so left out: Legal check\./,
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
  const { calls } = work({
    task: "Put the open tasks into free slots between 2026-11-23T00:00Z and 2026-11-30T00:00Z.",
    tools: ["update_or_schedule_task"],
    earlier: [{ step_number: 1, data: { tasks } }, { step_number: 2, data: { slots } }],
  });
  assert.deepEqual(calls.map((call) => [call.arguments.task_id, call.arguments.start_time]), [
    [uuid(62), "2026-11-23T13:00Z"],
    [uuid(61), "2026-11-23T15:00Z"],
  ]);
});

Deno.test("where a result was cut, the step looks again before it writes", () => {
  const earlier = [{
    step_number: 2,
    data: { projects: [{ id: uuid(1), name: "Website" }], tasks: [TASKS[12]], task_total: 4 },
  }];
  const { calls } = work({
    task:
      'Put the open tasks of the project "Website" into free slots between 2026-11-23T00:00Z and 2026-11-30T00:00Z.',
    tools: ["update_or_schedule_task", "list_tasks"],
    earlier,
  });
  assert.equal(calls[0]?.name, "list_tasks");
});

Deno.test("an executor that finds only other projects asks, and fails when none of them is meant", () => {
  const task = 'List the open tasks of the project "Webshop".';
  const tools = ["search_projects", "list_tasks", "submit_result"];
  const asks = converse({
    user: `Task: ${task}`,
    tools,
    answer: (name) =>
      name === "submit_result"
        ? undefined
        : { ok: true, data: { projects: [{ id: uuid(2), name: "Mobile app" }] } },
  });
  const asked = StepResult.parse(asks.last?.arguments);
  assert.equal(asked.status, "needs_input");
  assert.deepEqual(asked.open_questions, ['Which project is meant by "Webshop": "Mobile app"?']);
  const { text } = converse({
    user: `The user asked: update the webshop\nThe executor asks: ${asked.open_questions?.[0]}`,
    tools: [],
    answer: () => undefined,
  });
  assert.equal(text, "None of these is meant.");
});

Deno.test("a project is read before it is written over, and what people wrote there is kept", () => {
  const earlier = [{ step_number: 1, data: { projects: [{ id: uuid(1), name: "Website" }] } }];
  const tools = ["get_project_details", "update_project"];
  const { calls } = work({ task: 'Update the project "Website".', tools, earlier });
  assert.deepEqual(calls.map((call) => call.name), tools);
  assert.match(JSON.stringify(calls[1]?.arguments.updates), /Before: The copy is late\./);
});

const TASKS: Record<number, unknown> = {
  11: { id: uuid(11), title: "Write copy", status: "in_progress", priority: "high", duration_minutes: 90 },
  12: { id: uuid(12), title: "Pick fonts", status: "backlog", priority: "low", duration_minutes: 30 },
  13: { id: uuid(13), title: "Legal check", status: "blocked", priority: "medium", duration_minutes: 60 },
  14: { id: uuid(14), title: "Test forms", status: "backlog", priority: "medium", duration_minutes: 60 },
};

Deno.test("a worker to which only submit_result is left hands in what it has as partial", () => {
  const { result, calls } = work({ task: 'Find the project "Website".', tools: [] });
  assert.deepEqual(calls, []);
  assert.equal(result.status, "partial");
});

Deno.test("the answer to a planned turn tells what was done, what was found and what failed", () => {
  const steps = [
    { step_number: 1, title: "Look at Website", status: "completed", summary: "Website is active." },
    { step_number: 2, title: "Find notes", status: "failed", error: "The search failed." },
    { step_number: 3, title: "Update Website", status: "skipped", error: "Step 2 did not complete." },
    {
      step_number: 4,
      title: "Schedule",
      status: "completed",
      summary: "1 task put on the calendar.",
      data: {
        scheduled: [{ title: "Write copy", start: "2026-11-23T09:00:00Z", end: "2026-11-23T10:30:00Z" }],
      },
    },
  ];
  const { text } = converse({
    user: `${KNOWN}\n\nUpdate the Website project and schedule its open tasks`,
    tools: ["create_plan"],
    answer: () => ({
      ok: true,
      data: { status: "failed", steps: JSON.parse(JSON.stringify(steps)) },
      message: "",
    }),
  });
  assert.match(
    text,
    /^Done: I put 1 task on your calendar\.\n\n- Mon 23 Nov, 10:00 to 11:30: \*\*Write copy\*\*/,
  );
  assert.match(text, /What I found:\n- Website is active\./);
  assert.match(text, /What did not work:\n- The search failed\./);
  assert.match(text, /left this out: Update Website/);
});

Deno.test("an executor's question about a name is answered with the candidate that the user named", () => {
  const { text } = converse({
    user:
      'The user asked: update the mobile app\nThe executor asks: Which project is meant by "app": "Website" and "Mobile app"?',
    tools: [],
    answer: () => undefined,
  });
  assert.equal(text, 'Take the project "Mobile app".');
});

Deno.test("JSON that was cut is read as far as it goes", () => {
  const { values, prose } = splitJson('Results: {"tasks":[{"id":"a","title":"One"},{"id":"b","tit… and more');
  assert.deepEqual(values, [{ tasks: [{ id: "a", title: "One" }, { id: "b" }] }]);
  assert.equal(prose, "Results: ");
});
