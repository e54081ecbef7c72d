// One attempt at one task, for a user of its own: its messages one after the other, over HTTP with the project's own
// client; then its rows, and the judge.
import { AgentClientError, createAgentClient } from "../../client/mod.ts";
import { AgentError } from "../../shared/contracts/errors.ts";
import { answered } from "./checks.ts";
import { type Figures, figuresOf, sumOf, type Timing } from "./figures.ts";
import { hostFailure, isOfHost } from "./host_failure.ts";
import { runLoneStep } from "./lone_step.ts";
import type { Faults, Scene, Task, Turn, TurnRows } from "./task.ts";
import type { TryStack, TryUser } from "./try_user.ts";
import { changesBetween, readWorkspace } from "./workspace.ts";

export type Verdict =
  | { outcome: "passed" }
  | { outcome: "failed"; faults: Faults }
  /** The model's host kept the task from being judged. */
  | { outcome: "host"; reason: string };

export interface Attempt {
  task: string;
  verdict: Verdict;
  figures: Figures;
  turns: TurnRows[];
}

export interface AttemptDeps {
  stack: TryStack;
  signUp(task: Task): Promise<TryUser>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Runs the task and judges it. Throws what neither the model nor its host is to blame for. */
export async function attempt(task: Task, deps: AttemptDeps): Promise<Attempt> {
  const user = await deps.signUp(task);
  const scene = await setScene(task, user, new Date(deps.now()));
  const rows: TurnRows[] = [];
  const figures: Figures[] = [];
  const verdict = async (): Promise<Verdict> => {
    let { workspace } = scene;
    for await (const { message, run_id, timing } of carriedOut(task, scene, user, deps)) {
      const [run, events] = await Promise.all([
        clientOf(deps.stack, user).getRun(run_id),
        eventsOf(user, run_id),
      ]);
      const after = await readWorkspace(user.client);
      const turn = { message, run, events, changes: changesBetween(workspace, after) };
      workspace = after;
      rows.push(turn);
      figures.push(figuresOf(run, timing));
      // Nothing can be said to a conversation whose run has failed, and nothing of it is to be judged.
      if (task.kind === "chat" && run.status !== "completed") return failed(answered(turn), rows);
    }
    return failed(task.judge({ scene, turns: rows }), rows);
  };
  const judged = await verdict().catch(refused);
  return { task: task.name, verdict: judged, figures: sumOf(figures), turns: rows };
}

/** Failed by these faults, if there are any, unless the host is to blame for them. */
function failed(faults: Faults, turns: readonly TurnRows[]): Verdict {
  if (faults.length === 0) return { outcome: "passed" };
  const reason = turns.map(({ run }) => hostFailure(run)).find((one) => one !== null);
  return reason === undefined ? { outcome: "failed", faults } : { outcome: "host", reason };
}

/** A request that the functions refused. */
function refused(error: unknown): Verdict {
  if (!(error instanceof AgentClientError || error instanceof AgentError)) throw error;
  return isOfHost(error.kind)
    ? { outcome: "host", reason: error.message }
    : { outcome: "failed", faults: [`expected a run, and there is none: ${error.message}`] };
}

async function setScene(task: Task, { client }: TryUser, now: Date): Promise<Scene> {
  const scene = { now, time_zone: task.time_zone(now), workspace: await readWorkspace(client) };
  const rows = task.arrange?.(scene) ?? [];
  if (rows.length === 0) return scene;
  const { error } = await client.from("tasks").insert(rows);
  if (error) throw new Error(`Cannot arrange the task ${task.name}: ${error.message}`);
  return { ...scene, workspace: await readWorkspace(client) };
}

interface Carried {
  message: string;
  run_id: string;
  timing: Timing;
}

/** Each message is sent when the one before has been answered. */
async function* carriedOut(
  task: Task,
  scene: Scene,
  user: TryUser,
  { stack, now }: AttemptDeps,
): AsyncGenerator<Carried> {
  if (task.kind === "step") {
    const step = task.step(scene);
    const started = now();
    const run_id = await runLoneStep(stack, user, step, scene);
    yield { message: step.task, run_id, timing: { first_text_ms: null, total_ms: now() - started } };
    return;
  }
  let session_id: string | undefined;
  for (const turnIn of task.turns) {
    const turn = turnIn(scene);
    const said = await say(turn, { session_id, time_zone: scene.time_zone }, clientOf(stack, user), now);
    session_id = said.session_id;
    yield { message: turn.message, ...said };
  }
}

async function say(
  turn: Turn,
  chat: { session_id: string | undefined; time_zone: string },
  client: ReturnType<typeof clientOf>,
  now: () => number,
) {
  const started = now();
  const run = await client.startRun({ ...turn, ...chat });
  const timing: Timing = { first_text_ms: null, total_ms: 0 };
  let { session_id } = chat;
  for await (const event of run.events()) {
    if (event.type === "session") session_id = event.session_id;
    if (event.type === "text") timing.first_text_ms ??= now() - started;
  }
  timing.total_ms = now() - started;
  return { run_id: run.run_id, session_id, timing };
}

function clientOf({ url, publishable_key }: TryStack, { token }: TryUser) {
  return createAgentClient({ url, publishable_key, token: () => token });
}

async function eventsOf({ client }: TryUser, run_id: string): Promise<string[]> {
  const { data, error } = await client.from("agent_run_events").select("type").eq("run_id", run_id).order(
    "seq",
  );
  if (error) throw new Error(`Cannot read the events of the run: ${error.message}`);
  return data.map(({ type }) => type);
}
