// A planner over a store in memory, for tests of its turns: start, takeover, hand-off.
import { CALLS } from "./default_calls.ts";
import assert from "node:assert/strict";
import { answerTurn, startTurn, takeOver, type Turn } from "../../../shared/agents/planner/planner.ts";
import {
  emptyBatch,
  type EventRow,
  type MessageRow,
  type PlanRow,
} from "../../../shared/agents/store/rows.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";
import { type RunEvent } from "../../../shared/contracts/events.ts";
import { PlanDraft } from "../../../shared/contracts/plan.ts";
import { fakeClock } from "../ports/fake_clock.ts";
import { memoryStore } from "../memory_store/memory_store.ts";
import { listedModel, type ListedTurn, toolCall } from "../models/listed_model.ts";
import { passTime } from "../ports/pass_time.ts";
import { planArguments } from "./plans.ts";
import { eventsOfType } from "../stack/calling.ts";
import { immediateIds } from "../ports/immediate_ids.ts";
import { ABOUT, toolPort } from "../ports/tool_port.ts";
import type { PlannerDeps } from "../../../shared/agents/deps.ts";

export const LEASE_SECONDS = 15;
export const REQUEST = { message: "Hello", context_type: "general" as const, time_zone: "UTC" };
export const PLAN_ARGUMENTS = PlanDraft.parse(planArguments([{ step_number: 1, tools: ["look"] }]));
export const PLAN = toolCall("create_plan", {
  ok: true,
  value: planArguments([{ step_number: 1, tools: ["look"] }]),
});

/** A store with one run in it, and the planner that owns it. */
export async function open() {
  const clock = fakeClock();
  const ids = immediateIds();
  const memory = memoryStore(clock, ids);
  const store = { ...memory };
  const handedOff: string[] = [];
  const logged: string[] = [];
  const deps: PlannerDeps = {
    model: listedModel([]),
    tools: toolPort(),
    about: ABOUT,
    count: (...prompt) => JSON.stringify(prompt).length / 4,
    calls: CALLS,
    clock,
    ids,
    user: "u",
    lease_seconds: LEASE_SECONDS,
    wall_ms: 300_000,
    deadline_at: Infinity,
    stopping: new AbortController().signal,
    log: { error: (message) => logged.push(message) },
    // deno-lint-ignore require-yield -- it fails before it has anything to yield
    invoke: async function* () {
      throw await Promise.resolve(new AgentError("internal", "No executor here."));
    },
    handOff: (run_id) => Promise.resolve(void handedOff.push(run_id)),
    store,
  };
  const turn = await startTurn(REQUEST, deps);
  assert.ok("first" in turn);
  const first: Turn = { owned: turn.started, first: turn.first };

  /** Answers the run with these turns of the model, and gives what its caller was sent. */
  async function answer(turns: ListedTurn[], of: Turn = first, change: Partial<PlannerDeps> = {}) {
    const model = listedModel(turns);
    const sent: RunEvent[] = [];
    await passTime(clock, answerTurn(of, { ...deps, model, ...change }, (event) => sent.push(event)));
    model.end();
    return { sent, model };
  }

  /** Its lease expires, and another owner takes it over. */
  async function next(): Promise<Turn> {
    clock.advance(LEASE_SECONDS * 1_000);
    return await takeOver(first.owned.run_id, deps) ?? assert.fail("there is nothing to take over");
  }

  const log = () => memory.followRun(first.owned.run_id, 0).events;
  return { clock, memory, store, deps, first, answer, next, log, handedOff, logged };
}

export const parts = (events: RunEvent[]) =>
  eventsOfType(events, "text").map(({ part, delta }) => [part, delta]);
export const strategies = (events: RunEvent[]) =>
  eventsOfType(events, "analysis").map(({ strategy }) => strategy);
export const run = ({ memory }: Awaited<ReturnType<typeof open>>) =>
  memory.tables.runs[0] ?? assert.fail("no run");

export type Stored = [EventRow["type"], EventRow["data"]];

/** What an owner has stored before it was lost: events, and messages of the planner's thread. */
export async function stored(
  world: Awaited<ReturnType<typeof open>>,
  events: Stored[],
  messages: Partial<MessageRow>[] = [],
  plans: PlanRow[] = [],
) {
  const { owned } = world.first;
  const at = new Date(world.clock.now()).toISOString();
  await world.memory.recordProgress(owned, {
    ...emptyBatch(),
    plans,
    events: events.map(([type, data], i) => ({ seq: owned.last_seq + 1 + i, type, at, agent: null, data })),
    messages: messages.map((message, i): MessageRow => ({
      id: crypto.randomUUID(),
      agent_session_id: owned.thread_id,
      seq: i + 1,
      kind: "turn",
      sender_type: "planner",
      sender_agent_id: owned.agent_id,
      role: "assistant",
      content: "",
      created_at: at,
      ...message,
    })),
  });
}
export const ASKED: Partial<MessageRow>[] = [
  { kind: "prompt", role: "system", sender_type: "system", content: "You plan." },
  { kind: "task", role: "user", sender_type: "user", content: "Hello" },
];
