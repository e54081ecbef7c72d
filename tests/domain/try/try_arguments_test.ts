import assert from "node:assert/strict";
import { TASKS } from "../../../dev/try/tasks.ts";
import { tryArguments } from "../../../dev/try/try_arguments.ts";

Deno.test("without words all tasks are run, once, one after the other", () => {
  const asked = tryArguments([]);
  assert.ok(!("problem" in asked));
  assert.deepEqual(asked.tasks, TASKS);
  assert.deepEqual([asked.times, asked.parallel, asked.demo], [1, 1, false]);
});

Deno.test("words are names of tasks, and run in the list's order", () => {
  const asked = tryArguments([
    "tomorrow",
    "--times",
    "3",
    "show-my-tasks",
    "--parallel=2",
    "--json",
    "out.json",
  ]);
  assert.ok(!("problem" in asked));
  assert.deepEqual(asked.tasks.map(({ name }) => name), ["show-my-tasks", "tomorrow"]);
  assert.deepEqual([asked.times, asked.parallel, asked.json], [3, 2, "out.json"]);
});

for (
  const [args, problem] of [
    [["yesterday"], /There is no task "yesterday"\. The tasks are: what-is-buildos, /],
    [
      ["mvoe-occurrence"],
      /There is no task "mvoe-occurrence"\. Did you mean move-occurrence\? --list has all\./,
    ],
    [["--times", "0"], /--times must be a whole number from 1 to 100, not "0"/],
    [["--times", "many"], /--times must be/],
    [["--parallel", "1.5"], /--parallel must be a whole number from 1 to 16/],
    [["--tmies", "3"], /^There is no flag --tmies; did you mean --times\?$/],
    [["--json"], /--json/],
  ] as const
) {
  Deno.test(`${args.join(" ")} is refused with what is wrong with it`, () => {
    const asked = tryArguments([...args]);
    assert.ok("problem" in asked);
    assert.match(asked.problem, problem);
  });
}
