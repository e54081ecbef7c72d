// Turns of every kind, played while the database is away for a while, beginning at a call of the test's choice.
import { answerOf, initialRunState, reduceRun } from "../../../shared/contracts/run_state.ts";
import { agentsWorld, type World } from "../../support/agents/agents_world.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { assertInvariants } from "../../support/invariants/invariants.ts";
import { memoryStoredRun } from "../../support/memory_store/memory_stored_run.ts";
import type { ModelScript } from "../../support/models/answering_model.ts";
import { passTime, quiet } from "../../support/ports/pass_time.ts";
import { TURN_SCRIPTS } from "./turn_scripts.ts";

export const OUTAGE_SCRIPTS: Record<string, ModelScript> = {
  ...TURN_SCRIPTS,
  "an executor that works for longer than a beat": {
    planner: [
      { tools: [["create_plan", planArguments([{ step_number: 1, tools: ["look"] }])]] },
      { text: "All is done." },
    ],
    "step 1": [
      { text: "I look for it here, and there, and in all the other places.", tools: [["look", {}]] },
      { tools: [["submit_result", { status: "completed", summary: "Found." }]] },
    ],
  },
};

/** The calls of one kind, such as `planner: claimStep`, by their numbers. */
export type Calls = Map<string, number[]>;

export interface Outage {
  /** The call that meets it first: its request does not get through, or its answer does not get back. */
  from: number;
  first: "request lost" | "answer lost";
  ms: number;
  /** Only calls of this kind meet it. */
  only?: string;
}

export interface Played {
  world: World;
  /** The store's calls. */
  calls: Calls;
  answer: string | null;
}

export async function play(script: ModelScript, deadline_ms: number, outage?: Outage): Promise<Played> {
  const calls: Calls = new Map();
  let until = -Infinity;
  const world = agentsWorld({
    script,
    deadline_ms,
    fates(at, name, role) {
      if (!(name in world.store)) return null;
      const kind = `${role}: ${name}`;
      calls.set(kind, [...calls.get(kind) ?? [], at]);
      if (outage === undefined || (outage.only ?? kind) !== kind) return null;
      if (at === outage.from) until = world.clock.now() + outage.ms;
      if (world.clock.now() >= until) return null;
      return at === outage.from ? outage.first : "request lost";
    },
  });
  const { run_id, events } = await passTime(world.clock, world.chat("Do it"));
  while (world.clock.next()) await quiet();
  await assertInvariants(memoryStoredRun(world.store.tables, run_id), { streamed: events });
  return { world, calls, answer: answerOf(events.reduce(reduceRun, initialRunState(run_id))) };
}

/** What the run left behind, without ids and times: its events, its rows, and that its ledger is settled. */
export function endOf({ store: { tables }, model, effects }: World) {
  const step = new Map(tables.threads.map(({ id, step_number }) => [id, step_number ?? "planner"]));
  const rows = {
    runs: tables.runs.map(({ status, strategy, finished_reason, error, usage }) => ({
      status,
      strategy,
      finished_reason,
      error,
      usage,
    })),
    events: tables.events.filter(({ type }) => type !== "text").map(({ type, data }) => ({ type, data })),
    texts: Map.groupBy(tables.events.filter(({ type }) => type === "text"), ({ data }) => data.part).entries()
      .map(([part, deltas]) => ({ part, text: deltas.map(({ data }) => data.delta).join("") })).toArray(),
    chat: tables.chat_messages.map(({ role, content }) => ({ role, content })),
    agents: tables.agents.map(({ type, status }) => ({ type, status })),
    plans: tables.plans.map(({ revision, status }) => ({ revision, status })),
    threads: tables.threads.map(({ session_type, status }) => ({ session_type, status })),
    executions: tables.executions.map(({ step_number, attempt, status, result, error, usage }) => ({
      step_number,
      attempt,
      status,
      result,
      error,
      usage,
    })),
    messages: tables.messages.map(({ agent_session_id, seq, role, kind, content }) => ({
      step: step.get(agent_session_id),
      seq,
      role,
      kind,
      // It tells the time.
      content: kind === "task" ? "" : content,
    })),
    tool_calls: tables.tool_calls.map(({ tool_name, arguments: args, status, result }) => ({
      tool_name,
      args,
      status,
      result,
    })),
    effects: [...effects.values()],
    asked: [...model.asked],
    unsettled:
      tables.reservations.filter(({ id }) => !tables.settlements.some((one) => one.id === id)).length,
  };
  return Object.fromEntries(
    Object.entries(rows).map((
      [table, list],
    ) => [table, Array.isArray(list) ? list.map(plain).toSorted() : list]),
  );
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** As text, without what differs between any two plays. */
function plain(row: unknown): string {
  return JSON.stringify(
    row,
    (key, value: unknown) => key === "duration_ms" || key === "at" ? undefined : value,
  )
    .replace(UUID, "id");
}

/** Where an outage may begin: the first call of each kind, and the last. */
export function beginnings(calls: Calls): { kind: string; from: number }[] {
  return [...calls].flatMap(([kind, at]) =>
    [...new Set([at[0], at.at(-1)])].flatMap((from) => from === undefined ? [] : [{ kind, from }])
  );
}

/** What write tools were called with. */
export const written = ({ effects }: World) =>
  [...effects.values()].map((args) => JSON.stringify(args)).toSorted();
