// Runs an agent's loop on a model that answers from a list, and gives what it told.
import { type LoopAgent, type LoopOptions, runLoop } from "../../../shared/agents/loop/agent_loop.ts";
import type { LoopEvent } from "../../../shared/agents/loop/loop_events.ts";
import { createThread } from "../../../shared/agents/loop/thread.ts";
import type { Log } from "../../../shared/agents/ports.ts";
import type { MessageRow } from "../../../shared/agents/store/rows.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";
import { listedModel, type ListedTurn } from "../models/listed_model.ts";
import { immediateIds } from "../ports/immediate_ids.ts";
import { type FakeClock, fakeClock } from "../ports/fake_clock.ts";
import { meterPort } from "../ports/meter_port.ts";

interface Script {
  turns: ListedTurn[];
  agent?: Partial<LoopAgent>;
  options?: Partial<LoopOptions>;
  clock?: FakeClock;
  log?: Log;
  /** Called for each text. */
  onText?(clock: FakeClock): void;
}

/** A loop over these turns that has begun, with the rows of its thread. */
export async function openLoop({ turns, agent, options, clock = fakeClock(), log = { error() {} } }: Script) {
  const ids = immediateIds();
  const model = listedModel(turns);
  const rows: MessageRow[] = [];
  const thread = createThread({
    id: "t",
    agent: { id: "a", type: "planner" },
    write: (row) => rows.push(row),
    clock,
    ids,
  });
  thread.append({ kind: "task", sender: "user", message: { role: "user", content: "Go" } });
  const events = runLoop({
    agent: {
      toolsForTurn: () => [],
      hasBegun: () => Promise.resolve(false),
      runCalls: (calls) =>
        Promise.resolve(calls.map(({ call }) => ({ tool_call_id: call.id, content: null, ok: true }))),
      terminal: null,
      lastTurn: { tools: [], prompt: () => "Answer now." },
      nudge: null,
      ...agent,
    },
    thread,
    point: { limit: null, nudged: false },
    call: { profile: "balanced", opening: 5_000, window: 5_000, max_output_tokens: 100, tool_calls: 5 },
    limits: { turns: 3, tool_calls: 9, wall_ms: 1_000, last_turn_ms: 1_000 },
    worked_ms: 0,
    meter: (await meterPort()).meter,
    deps: { model, count: estimateTokens, clock, ids, log, user: "u" },
    signal: new AbortController().signal,
    hand_off_due: new AbortController().signal,
    ...options,
  });
  return { events, rows, model, clock };
}

/** What a loop over these turns told, to its end. */
export async function loopEvents(script: Script) {
  const { events, rows, model, clock } = await openLoop(script);
  const told: LoopEvent[] = [];
  const threw = await (async () => {
    for await (const event of events) {
      told.push(event);
      if (event.type === "text") script.onText?.(clock);
    }
  })().then(() => null, (error: unknown) => error);
  model.end();
  return { told, threw, rows, clock };
}
