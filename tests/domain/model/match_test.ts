// Which thing is meant by a name: the demo model changes nothing that merely shares a word with it.
import assert from "node:assert/strict";
import { bestMatch } from "../../../dev/model/brain/match.ts";
import { converse, fakeWorkspace } from "./model_workspace.ts";

const NAMES = [
  "Call with the certification lab",
  "Call with Emma",
  "Website relaunch",
  "The Project",
  "Stand-up",
];

for (
  const [said, meant] of [
    ["lunch with Jonas", undefined],
    ["lunch with Emma", undefined],
    ["call with Jonas", undefined],
    ["mobile website", undefined],
    ["the task", undefined],
    ["call with Emma", "Call with Emma"],
    ["Emma", "Call with Emma"],
    ["my call with the lab", "Call with the certification lab"],
    ["website", "Website relaunch"],
    ["the relaunch of the website", "Website relaunch"],
    ["stand-up, as I am ill", "Stand-up"],
    ["The Project", "The Project"],
  ] as const
) {
  Deno.test(`"${said}" means ${meant === undefined ? "none of these" : `"${meant}"`}`, () => {
    assert.equal(bestMatch(said, NAMES, (name) => name), meant);
  });
}

for (
  const [message, tools, answer] of [
    [
      "Cancel my call with Jonas",
      ["get_calendar_events", "delete_calendar_event"],
      /^I found no event "call with Jonas" .*, so nothing was changed\.$/,
    ],
    [
      "Mark the task write with care as done",
      ["list_tasks", "update_task"],
      /^I found no open task "write with care", so nothing was changed\.$/,
    ],
    [
      'Add a task "Buy milk" to the Weather app project',
      ["search_projects", "create_task"],
      /^I found no project "Weather app"\.$/,
    ],
  ] as const
) {
  Deno.test(`"${message}" changes nothing where only a lesser word is shared`, () => {
    const workspace = fakeWorkspace();
    const { text } = converse({
      ...{ user: message, tools },
      answer: (name, args) => {
        const events = [{ id: "1", title: "Call with the certification lab", start: "2026-11-23T08:00:00Z" }];
        return name === "get_calendar_events"
          ? { ok: true, data: { events, total: 1 }, message: "ok" }
          : workspace.call(name, args);
      },
    });
    assert.match(text, answer);
    assert.deepEqual(workspace.calls.filter(({ name }) => /^(create|update|delete)/.test(name)), []);
  });
}
