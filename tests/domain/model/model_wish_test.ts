import assert from "node:assert/strict";
import { type Wish, wishesIn } from "../../../dev/model/brain/wish.ts";

const KNOWN = ["Website", "Mobile app", "Garden"];

function wishes(text: string, known: readonly string[] = KNOWN): Wish[] {
  return wishesIn({ text, now: new Date("2026-11-22T15:30:00Z"), time_zone: "Europe/Berlin", known });
}

function undertaking(text: string, known?: readonly string[]) {
  const [wish] = wishes(text, known);
  assert.equal(wish?.kind, "undertaking", text);
  return wish;
}

Deno.test("work on several things is an undertaking, in many wordings", () => {
  const cases: [string, string[], { update: boolean; schedule: boolean; note: boolean }][] = [
    ["Update the Website project and schedule its open tasks", ["Website"], {
      update: true,
      schedule: true,
      note: false,
    }],
    ["Refresh the Mobile app project and put its open tasks on the calendar", ["Mobile app"], {
      update: true,
      schedule: true,
      note: false,
    }],
    ["bring the garden project up to date, then time-block its tasks", ["Garden"], {
      update: true,
      schedule: true,
      note: false,
    }],
    ["plan my week for project Garden", ["Garden"], { update: false, schedule: true, note: false }],
    ["Plan my week", [], { update: false, schedule: true, note: false }],
    ["Review all projects and write a summary note", [], { update: false, schedule: false, note: true }],
    ["Update the Website project, set it to paused and write a note about it", ["Website"], {
      update: true,
      schedule: false,
      note: true,
    }],
  ];
  for (const [text, projects, { update, schedule, note }] of cases) {
    const wish = undertaking(text);
    assert.deepEqual([wish.projects, wish.update, wish.schedule, wish.note], [
      projects,
      update,
      schedule,
      note,
    ], text);
  }
});

Deno.test("projects that the prompt does not know are found by their wording", () => {
  assert.deepEqual(undertaking('Update the "Attic, part 2" project', []).projects, ["Attic, part 2"]);
  assert.deepEqual(
    undertaking("Update the Attic and Cellar projects and schedule their open tasks", []).projects,
    [
      "Attic",
      "Cellar",
    ],
  );
});

Deno.test("planned work starts on the next working day", () => {
  assert.equal(undertaking("Plan my week").window.from, "2026-11-22T23:00Z");
});

Deno.test("one look-up or change is no undertaking", () => {
  const kinds: [string, Wish["kind"][]][] = [
    ["Show me my tasks", ["tasks"]],
    ["what is overdue?", ["tasks"]],
    ["What's on my calendar this week?", ["calendar"]],
    ["Show me my tasks and my calendar for today", ["calendar", "tasks"]],
    ["find notes about pricing", ["notes"]],
    ["search my brain dumps for marketing", ["brain_dumps"]],
    ["What projects do I have?", ["projects"]],
    ["when am I free tomorrow?", ["free_time"]],
    ["Create a task to update the Website project and schedule it", ["create_task"]],
    ["add a note: the client likes blue", ["create_note"]],
    ["mark Write copy as done", ["set_task"]],
    ["pause the Website project", ["set_project"]],
    ["schedule the task Write copy tomorrow at 14:00", ["schedule_task"]],
    ["Cancel my lunch with Jonas", ["cancel_event"]],
    ["Hello", []],
    ["Write a haiku about spring", []],
  ];
  for (const [text, expected] of kinds) {
    assert.deepEqual(wishes(text).map((wish) => wish.kind), expected, text);
  }
});

Deno.test("a new task gets its title, project, priority and time from the sentence", () => {
  assert.deepEqual(
    wishes("Create a task to call the printer tomorrow at 10, high priority, in the Website project"),
    [{
      kind: "create_task",
      title: "Call the printer",
      project: "Website",
      priority: "high",
      start: "2026-11-23T09:00Z",
    }],
  );
});

Deno.test("the event that is to be cancelled is known by its name, whatever is said of its time", () => {
  for (
    const text of [
      "Cancel my lunch with Jonas tomorrow",
      'please delete "lunch with Jonas" from my calendar.',
      "Cancel the meeting lunch with Jonas on Monday at 12",
    ]
  ) {
    const [wish] = wishes(text);
    assert.deepEqual([wish?.kind, wish?.kind === "cancel_event" && wish.title], [
      "cancel_event",
      "lunch with Jonas",
    ], text);
  }
});
