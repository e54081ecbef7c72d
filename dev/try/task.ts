// A task for the model: what its user says, and how the rows are judged that are left behind. A judge reads rows and
// never words: an answer has to exist, what it says is for people to read.
import type { RunDetails } from "../../shared/contracts/run_view.ts";
import type { Change, Workspace } from "./workspace.ts";

/** Where a task takes place: messages and judges take their dates and ids from here. */
export interface Scene {
  /** When the task began. */
  now: Date;
  /** The user's. */
  time_zone: string;
  /** The rows before the first message. */
  workspace: Workspace;
}

export interface Turn {
  message: string;
  context_type?: string;
  entity_id?: string;
}

/** A step of a plan that is handed to an executor past the planner, with these tools in its plan. */
export interface LoneStep {
  title: string;
  task: string;
  tools: string[];
}

/** What one message has left behind. */
export interface TurnRows {
  message: string;
  /** The run whole, with its agents, plans, executions, threads and tool calls. */
  run: RunDetails;
  /** The types of its events, in their order. */
  events: string[];
  /** What it changed in the workspace. */
  changes: Change[];
}

export interface Evidence {
  scene: Scene;
  turns: TurnRows[];
}

/** What the rows should say and what they do say, a sentence each. None: the task is passed. */
export type Faults = string[];

interface TaskHead {
  /** What it is called on the command line. */
  name: string;
  /** What it is there for. */
  about: string;
  time_zone(now: Date): string;
  /** Tasks that the workspace has besides what the seed gives it. */
  arrange?(scene: Scene): ArrangedTask[];
  /** Called only when every turn has completed. */
  judge(evidence: Evidence): Faults;
}

export interface ArrangedTask {
  title: string;
  project_id: string;
}

export type Task =
  & TaskHead
  & ({ kind: "chat"; turns: readonly ((scene: Scene) => Turn)[] } | {
    kind: "step";
    step(scene: Scene): LoneStep;
  });

/** The time zone of whoever has no other: not UTC, in which mistakes about zones do not show. */
export const HOME = () => "Europe/Berlin";

/** A turn whose message needs nothing of the scene. */
export function say(message: string, about: Omit<Turn, "message"> = {}): () => Turn {
  return () => ({ message, ...about });
}

/** A row of the seed. Throws where it has none of that title, or name. */
export function seeded<Name extends keyof Workspace>(
  { workspace }: Scene,
  table: Name,
  title: string,
): Workspace[Name][number] {
  const rows: readonly (Workspace[Name][number])[] = workspace[table];
  const found = rows.find((row) => ("title" in row ? row.title : row.name) === title);
  if (found === undefined) throw new Error(`Cannot find "${title}": the seed has no such row in ${table}`);
  return found;
}

/** The nth turn, from 1. */
export function turn({ turns }: Evidence, n: number): TurnRows {
  const found = turns[n - 1];
  if (found === undefined) throw new Error(`Cannot judge turn ${n}: there are ${turns.length}`);
  return found;
}

/** How many runs one attempt makes at most. */
export function runsOf(task: Task): number {
  return task.kind === "step" ? 1 : task.turns.length;
}
