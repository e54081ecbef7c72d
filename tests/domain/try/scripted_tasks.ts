// Tasks tried over HTTP, on a model that says to each task's user what a script has for it.
import assert from "node:assert/strict";
import { attempt } from "../../../dev/try/attempt.ts";
import { type Outcome, runTasks } from "../../../dev/try/run_tasks.ts";
import { tasksNamed } from "../../../dev/try/tasks.ts";
import { newTryUser, type TryUser } from "../../../dev/try/try_user.ts";
import { readWorkspace, type Workspace } from "../../../dev/try/workspace.ts";
import { type Script, type ScriptedTurnInput, scriptModel } from "../../support/models/script.ts";
import { testStack } from "../../support/stack/stack.ts";

/** What the model says in a task, with the ids that its user's rows have. */
export type TaskScript = (workspace: Workspace) => ScriptedTurnInput[];

/** What there is to do while a task runs, such as to go on with a script when a row has its id. */
export type Meanwhile = (script: Script, user: TryUser) => Promise<void>;

export const say = (text: string): ScriptedTurnInput => ({ text });

type Arguments = Extract<ScriptedTurnInput, { tool_calls?: unknown }>["tool_calls"];
export const call = (name: string, args: Exclude<NonNullable<Arguments>[number]["arguments"], string>) => ({
  tool_calls: [{ name, arguments: args }],
});

export const website = ({ projects }: Workspace) => projects.find(({ name }) => name === "Website")?.id ?? "";

/** Of the project Website. */
export const openTasks = (rows: Workspace) =>
  rows.tasks.filter(({ project_id, status }) => project_id === website(rows) && status !== "done");

/** Tries these tasks, each once. Fails where a script was not followed. */
export async function tryTasks(
  scripts: Record<string, TaskScript>,
  meanwhile: Record<string, Meanwhile> = {},
): Promise<Outcome> {
  const named = tasksNamed(Object.keys(scripts));
  assert.ok("tasks" in named);
  await using ended = new AsyncDisposableStack();
  const going_on: Promise<void>[] = [];
  const signUp = async (task: { name: string }) => {
    const user = await newTryUser(testStack());
    const turns = scripts[task.name]?.(await readWorkspace(user.client)) ?? [];
    const script = ended.use(await scriptModel(user.id, turns));
    going_on.push(meanwhile[task.name]?.(script, user) ?? Promise.resolve());
    return user;
  };
  const outcome = await runTasks(
    { tasks: named.tasks, times: 1, parallel: 2 },
    (task) => attempt(task, { stack: testStack(), signUp, now: Date.now }),
    () => {},
  );
  await Promise.all(going_on);
  return outcome;
}
