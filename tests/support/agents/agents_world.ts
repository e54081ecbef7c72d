// Planners and executors, each a process of its own to the others, over one store in memory, one model and the
// same tools; and a client, that sends a message and follows its run to the end, whatever becomes of the processes.
import { CALLS } from "./default_calls.ts";
import { pause } from "../../../shared/async/pause.ts";
import { createRunHearing } from "../../../shared/agents/durable/run_hearing.ts";
import { claimForExecutor, executeStep } from "../../../shared/agents/executor/executor.ts";
import { answerTurn, startTurn, takeOver } from "../../../shared/agents/planner/planner.ts";
import type { Model, StepInvoker, Store, ToolSource } from "../../../shared/agents/ports.ts";
import { AgentError, StoreUnavailable } from "../../../shared/contracts/errors.ts";
import type { PersonDecision } from "../../../shared/contracts/decision_request.ts";
import type { RunEvent, StepEvent } from "../../../shared/contracts/events.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { retryingStore } from "../../../shared/db/retrying_store.ts";
import { createChannel } from "../../../shared/http/channel.ts";
import { type AnsweringModel, answeringModel, type ModelScript } from "../models/answering_model.ts";
import { type FakeClock, fakeClock } from "../ports/fake_clock.ts";
import { type MemoryStore, memoryStore } from "../memory_store/memory_store.ts";
import {
  type CallLog,
  createProcess,
  type Fates,
  type MortalProcess,
  type Role,
} from "../mortal/mortal_process.ts";
import { immediateIds } from "../ports/immediate_ids.ts";
import { ABOUT, toolPort } from "../ports/tool_port.ts";
import type { ExecutorDeps, PlannerDeps } from "../../../shared/agents/deps.ts";

export interface WorldOptions {
  script: ModelScript;
  fates?: Fates;
  /** How long an invocation may work; 0: it hands off after each checkpoint. */
  deadline_ms?: number;
  /** The tools about which the client's person is asked, and what they say to a call with these arguments. */
  asks?: { tools: readonly string[]; approves(args: Json): boolean };
}

export interface World {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly model: AnsweringModel;
  /** The calls of all processes. */
  readonly calls: string[];
  /** What write tools were called with, by the id of the call. */
  readonly effects: Map<string, Json>;
  /** What the owners have sent, each as soon as it could. */
  readonly sent: RunEvent[];
  /** Sends a message and follows its run to the end. */
  chat(message: string): Promise<{ run_id: string; events: RunEvent[] }>;
}

const LEASE_SECONDS = 15;
const POLL_MS = 500;
/** A client that has heard nothing for so long sends its message again. */
const PATIENCE_MS = 20_000;

export function agentsWorld(options: WorldOptions): World {
  const { script, fates = () => null, deadline_ms = 110_000, asks } = options;
  const clock = fakeClock();
  const ids = immediateIds();
  const store = memoryStore(clock, ids);
  for (const tool of asks?.tools ?? []) store.tables.asking.add(tool);
  const model = answeringModel(script, clock);
  const tools = toolPort();
  const log: CallLog = { calls: [], fates };
  const effects = new Map<string, Json>();
  const sent: RunEvent[] = [];

  function depsOf(process: MortalProcess): PlannerDeps & ExecutorDeps {
    return {
      model: modelOf(process, model),
      tools: toolsOf(process, tools, effects),
      about: ABOUT,
      store: retryingStore(storeOf(process, store), { clock: process.clock, lease_seconds: LEASE_SECONDS }),
      invoke: invokerOf(process),
      hearing: createRunHearing(),
      handOff: (run_id) => process.call("handOff", () => request((successor) => resume(run_id, successor))),
      // Good enough, and quick.
      count: (...prompt) => JSON.stringify(prompt).length / 4,
      calls: CALLS,
      clock: process.clock,
      ids,
      log: { error() {} },
      user: "u",
      lease_seconds: LEASE_SECONDS,
      wall_ms: 900_000,
      deadline_at: clock.now() + deadline_ms,
      stopping: new AbortController().signal,
    };
  }

  /** Has a new process do something. Rejects when it dies before it has answered. */
  async function request<T>(
    work: (process: MortalProcess) => Promise<T>,
    role: Role = "planner",
  ): Promise<T> {
    const process = createProcess(log, clock, role);
    return await Promise.race([work(process), death(process)]);
  }

  async function resume(run_id: string, process: MortalProcess): Promise<void> {
    const deps = depsOf(process);
    const turn = await takeOver(run_id, deps);
    if (turn) answerTurn(turn, deps, (event) => sent.push(event));
  }

  function invokerOf(process: MortalProcess): StepInvoker {
    return async function* (step, { signal }) {
      const channel = createChannel<StepEvent>();
      const gone = new AbortController();
      const executor = await process.call(`invoke ${step.step_number}`, () =>
        request(async (executor) => {
          const deps = depsOf(executor);
          const owned = await claimForExecutor(step, deps);
          executeStep(owned, deps, channel.push, gone.signal).finally(channel.close);
          return executor;
        }, "executor"));
      for (const end of [signal, executor.died]) end.addEventListener("abort", () => gone.abort());
      if (signal.aborted || executor.died.aborted) gone.abort();
      gone.signal.addEventListener("abort", channel.close);
      if (gone.signal.aborted) channel.close();
      for await (const event of channel) yield await process.call(event.type, () => Promise.resolve(event));
      if (gone.signal.aborted) throw broken();
    };
  }

  async function start(message: string): Promise<string> {
    const context = { context_type: "general" as const, time_zone: "UTC", request_key: "key" };
    for (;;) {
      const started = request(async (process) => {
        const deps = depsOf(process);
        const turn = await startTurn({ message, ...context }, deps);
        if ("first" in turn) {
          answerTurn({ owned: turn.started, first: turn.first }, deps, (event) => sent.push(event));
        }
        return turn.started.run_id;
      });
      const patience = pause(clock, PATIENCE_MS).then(() => null);
      const run_id = await Promise.race([started, patience]).catch(() => null);
      if (run_id !== null) return run_id;
    }
  }

  return {
    clock,
    store,
    model,
    calls: log.calls,
    effects,
    sent,
    async chat(message) {
      const run_id = await start(message);
      const events: RunEvent[] = [];
      for (;;) {
        const page = store.followRun(run_id, events.length);
        events.push(...page.events);
        if (page.ended) return { run_id, events };
        if (page.awaiting && asks) store.decide(run_id, decisionsOn(events, asks.approves));
        if (page.lease_expired) request((process) => resume(run_id, process)).catch(() => {});
        await pause(clock, POLL_MS);
      }
    },
  };
}

/** What a person says to everything that a run waits for. */
function decisionsOn(events: readonly RunEvent[], approves: (args: Json) => boolean): PersonDecision[] {
  const paused = events.findLast((event) => event.type === "run_paused");
  return events.flatMap((event) => event.type === "approval_required" ? event.approvals : [])
    .filter(({ tool_call_id }) => paused?.open.includes(tool_call_id))
    .map(({ tool_call_id, arguments_sha256, arguments: args }) => ({
      ...{ tool_call_id, arguments_sha256, approved: approves(args) },
    }));
}

async function death({ died }: MortalProcess): Promise<never> {
  await new Promise<void>((resolve) => {
    if (died.aborted) resolve();
    died.addEventListener("abort", () => resolve());
  });
  throw broken();
}

function broken(): AgentError {
  return new AgentError("internal", "The connection broke.", { retryable: true });
}

function storeOf(process: MortalProcess, store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) =>
        process.call(String(name), async () => await method(...args), () => new StoreUnavailable());
    },
  });
}

function modelOf(process: MortalProcess, model: Model): Model {
  return {
    models: model.models,
    prices: model.prices,
    async *streamTurn(request, options) {
      await process.safeCall("model", () => Promise.resolve());
      for await (const event of model.streamTurn(request, options)) {
        yield await process.safeCall(event.type, () => Promise.resolve(event));
      }
    },
  };
}

function toolsOf(process: MortalProcess, tools: ToolSource, effects: Map<string, Json>): ToolSource {
  const writes = new Set(tools.catalogue.filter(({ access }) => access === "write").map(({ name }) => name));
  return {
    catalogue: tools.catalogue,
    edit: (call, time_zone) => tools.edit(call, time_zone),
    open(options) {
      const toolbox = tools.open(options);
      return {
        offered: toolbox.offered,
        argumentsOf: (call) => toolbox.argumentsOf(call),
        dispatch: (call) =>
          process.safeCall(`tool ${call.name}`, async () => {
            if (writes.has(call.name)) effects.set(call.call_id, call.arguments);
            return await toolbox.dispatch(call);
          }),
        preview: (call) => process.safeCall(`preview ${call.name}`, () => toolbox.preview(call)),
      };
    },
  };
}
