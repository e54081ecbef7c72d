// Logs in every order that the contract of events allows, also in those that no run of today has: each choice picks one
// of the moves that are open.
import fc from "fast-check";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { NO_USAGE } from "../../shared/contracts/usage.ts";

/** A type of a later version's. */
export const UNKNOWN_TYPE = "taken_over_by_a_later_version";

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const RUN_ID = uuid(1);
const STEPS = [1, 2, 3];

interface Call {
  id: string;
  by: object;
  asked: boolean;
  open: boolean;
  answered: boolean;
}

interface World {
  events: RunEvent[];
  parts: number;
  revision: number;
  attempts: Map<number, number>;
  spawned: Set<number>;
  calls: Call[];
}

type Move = () => void;

/** Logs from `session` to their end. */
export const randomLog: fc.Arbitrary<RunEvent[]> = fc
  .tuple(fc.array(fc.nat(), { maxLength: 60, size: "max" }), fc.boolean())
  .map(([choices, completes]) => {
    const world: World = {
      ...{ events: [], parts: 0, revision: 0, attempts: new Map(), spawned: new Set(), calls: [] },
    };
    tell(world, "session", { session_id: uuid(2), user_message_id: uuid(3) });
    for (const choice of choices) {
      const moves = [...talk(world), ...plans(world), ...calls(world), ...approvals(world)];
      moves[choice % moves.length]?.();
    }
    if (completes) {
      tell(world, "done", { status: "completed", usage: NO_USAGE, finished_reason: "answered" });
    } else tell(world, "error", { kind: "internal", message: "It failed.", retryable: true });
    return world.events;
  });

function tell({ events }: World, type: string, payload: object, agent: object = planner()): void {
  const head = { seq: events.length + 1, run_id: RUN_ID, at: "2026-11-26T03:00:00.000Z", agent };
  // Through JSON, as a log is read: it may hold what this version has no type for.
  events.push(JSON.parse(JSON.stringify({ ...head, type, ...payload })));
}

const planner = (step_number?: number) => ({ id: uuid(4), type: "planner", step_number });
const executor = (step_number: number) => ({ id: uuid(10 + step_number), type: "executor", step_number });

function talk(world: World): Move[] {
  const says = (part: number): Move => () =>
    tell(world, "text", { part, message_id: uuid(100 + part), delta: "a" });
  const parts = Array.from({ length: world.parts }, (_, i) => i + 1);
  return [
    () => tell(world, "analysis", { strategy: "simple" }),
    () => tell(world, UNKNOWN_TYPE, { generation: 2 }),
    () => tell(world, "taken_over", { generation: 2, why: "lease_expired" }),
    () => says(++world.parts)(),
    ...parts.map(says),
    ...parts.slice(-2).map((part): Move => () => tell(world, "text_withdrawn", { part })),
  ];
}

function plans(world: World): Move[] {
  const { attempts, spawned } = world;
  const steps = STEPS.map((step_number) => ({
    ...{ step_number, title: `Step ${step_number}`, task: "Do it", executor_required: step_number < 3 },
    ...{ tools: [], depends_on: [] },
  }));
  const planned: Move = () => {
    const plan = { id: uuid(50), revision: ++world.revision, goal: "All", steps };
    tell(world, "plan_created", { plan });
  };
  const of = (step_number: number): Move[] => {
    const attempt = attempts.get(step_number) ?? 0;
    const executor_agent_id = uuid(10 + step_number);
    const head = { step_number, attempt, executor_agent_id };
    const result = (status: string): Move => () =>
      tell(world, "executor_result", {
        ...{ ...head, result: { status, summary: "So." }, usage: NO_USAGE, duration_ms: 1 },
      }, executor(step_number));
    return [
      () => {
        attempts.set(step_number, attempt + 1);
        tell(world, "step_start", { step_number, attempt: attempt + 1, title: `Step ${step_number}` });
      },
      () => {
        spawned.add(step_number);
        tell(world, "executor_spawned", head, executor(step_number));
      },
      result("completed"),
      result("failed"),
      () => tell(world, "step_complete", { step_number, attempt, status: "completed", summary: "So." }),
    ];
  };
  return world.revision === 0 ? [planned] : [planned, ...STEPS.flatMap(of)];
}

function calls(world: World): Move[] {
  const called = (by: object): Move => () => {
    const id = uuid(1_000 + world.calls.length);
    world.calls.push({ id, by, asked: false, open: false, answered: false });
    tell(world, "tool_call", { tool_call_id: id, name: "look", arguments: { id } }, by);
  };
  const answers = world.calls.filter((call) => !call.open && !call.answered).map((call): Move => () => {
    call.answered = true;
    const ok = call.id.endsWith("0");
    tell(world, "tool_result", { tool_call_id: call.id, ok, result: "Seen.", duration_ms: 1 }, call.by);
  });
  const again = world.calls.slice(-1).map(({ id, by }): Move => () =>
    tell(world, "tool_call", { tool_call_id: id, name: "look", arguments: { id } }, by)
  );
  return [
    called(planner()),
    called(planner(3)),
    ...[...world.spawned].map((step) => called(executor(step))),
    ...answers,
    ...again,
  ];
}

function approvals(world: World): Move[] {
  const open = world.calls.filter((call) => call.open);
  const free = world.calls.filter((call) => !call.asked && !call.answered);
  const head = { name: "look", arguments: {}, arguments_sha256: "0".repeat(64), why: [], effects: null };
  const expires_at = "2026-11-27T03:00:00.000+00:00";
  const decided = (call: Call, approved: boolean): Move => () => {
    call.open = false;
    const by = approved ? "user" : "expired";
    tell(world, "approval_decided", { tool_call_id: call.id, approved, edited: false, by }, call.by);
  };
  const required: Move = () => {
    for (const call of free) Object.assign(call, { asked: true, open: true });
    tell(world, "approval_required", {
      approvals: free.map(({ id }) => ({ ...head, tool_call_id: id, expires_at })),
    });
  };
  const paused: Move = () => tell(world, "run_paused", { open: open.map(({ id }) => id), expires_at });
  return [
    ...(free.length > 0 ? [required] : []),
    ...(open.length > 0 ? [paused, paused] : []),
    ...open.flatMap((call) => [decided(call, true), decided(call, false)]),
  ];
}
