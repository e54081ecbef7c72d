// Requests that read, or need nothing at all. Whatever else is asked of them: no row of the workspace changes.
import { answered, calledNothing, found, nothingChanged, planned, read, triedNoWrite } from "../checks.ts";
import { HOME, say, seeded, type Task, turn } from "../task.ts";

export const LOOK_UPS: readonly Task[] = [
  {
    kind: "chat",
    name: "simple-question",
    about: "a question that needs nothing of the workspace",
    time_zone: HOME,
    turns: [say("How many minutes are there in a day and a half?")],
    judge(evidence) {
      const only = turn(evidence, 1);
      return [...answered(only), ...calledNothing(only), ...nothingChanged(only)];
    },
  },
  {
    kind: "chat",
    name: "find-words",
    about: "a note found by words that stand in its text",
    time_zone: HOME,
    turns: [say("Which of my notes mentions the dimmer test?")],
    judge(evidence) {
      const only = turn(evidence, 1);
      const note = seeded(evidence.scene, "notes", "Call with the certification lab");
      return [...answered(only), ...found(only, note, "the note"), ...nothingChanged(only)];
    },
  },
  {
    kind: "chat",
    name: "several-lists",
    about: "a question over several lists, for which executors look things up side by side",
    time_zone: HOME,
    turns: [
      say(
        "Look into all of my active and paused projects: the open tasks, notes and brain dumps of each, and " +
          "what the calendar of the next two weeks has for them. Then tell me which of them needs me most, and why.",
      ),
    ],
    judge(evidence) {
      const only = turn(evidence, 1);
      return [
        ...answered(only),
        ...planned(only, 2),
        ...read(only, "list_tasks", "get_project_details"),
        ...read(only, "search_notes", "search_brain_dumps", "get_project_details"),
        ...read(only, "get_calendar_events"),
        ...triedNoWrite(only),
        ...nothingChanged(only),
      ];
    },
  },
  {
    kind: "chat",
    name: "not-there",
    about: "a change of something that does not exist",
    time_zone: HOME,
    turns: [say('Mark the task "Feed the parrot" as done.')],
    judge(evidence) {
      const only = turn(evidence, 1);
      return [...answered(only), ...read(only), ...nothingChanged(only)];
    },
  },
  {
    kind: "chat",
    name: "no-write",
    about: "a question about a change that must not be made yet",
    time_zone: HOME,
    turns: [
      say(
        "When in the next three days could I work on the pricing page for two hours? Only tell me, and enter " +
          "nothing yet.",
      ),
    ],
    judge(evidence) {
      const only = turn(evidence, 1);
      return [
        ...answered(only),
        ...read(only, "find_available_slots", "get_calendar_events"),
        ...triedNoWrite(only),
        ...nothingChanged(only),
      ];
    },
  },
];
