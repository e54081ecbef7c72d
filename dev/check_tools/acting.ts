// Tools as a user's agents get them: through supabase-js, under row-level security, with the read-only client for the
// reads. The clock stands still but for pauses, which are over at once.
import postgres from "postgres";
import type { Toolbox, ToolOutcome, ToolSource } from "../../shared/agents/ports.ts";
import type { Clock } from "../../shared/async/clock.ts";
import { systemClock } from "../../shared/async/system_clock.ts";
import type { OwnedRun } from "../../shared/agents/store/records.ts";
import { emptyBatch } from "../../shared/agents/store/rows.ts";
import { largestCall } from "../../shared/agents/durable/largest_call.ts";
import { modelCalls } from "../../shared/agents/limits.ts";
import { Budget, type RunLimits } from "../../shared/contracts/budget.ts";
import { PromptWindows } from "../../shared/contracts/prompt_windows.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { ToolAccess } from "../../shared/contracts/tool_result.ts";
import type { SupabaseConfig } from "../../shared/db/clients.ts";
import type { Domain } from "../../shared/tools/define_domain.ts";
import type { Engine } from "./engine.ts";
import { answeredInTime } from "./patience.ts";

/** As the functions have them where nothing is set, for models whose price is not known. */
const LIMITS: RunLimits = {
  ...Budget.parse({}),
  priced: false,
  largest_call: largestCall(modelCalls(PromptWindows.parse({})), { prices: { balanced: null, speed: null } }),
};

export const NOW = new Date("2026-11-22T12:00:00Z");

/** Where the tools work. */
export interface Place extends SupabaseConfig {
  engine: Engine;
  /** The schema of the engine's tables. */
  schema: string;
  /** Of the owner of the tables. */
  database_url: string;
}

/** Whose rights a toolbox has. */
export interface Acting {
  id: string;
  token: string;
}

export interface LogEntry {
  message: string;
  details: Record<string, unknown>;
}

export interface ActingOptions {
  time_zone?: string;
  fetcher?: typeof fetch;
  now?: Date;
}

export interface ActingTools {
  source: ToolSource;
  /** All of its tools. */
  toolbox: Toolbox;
  log: LogEntry[];
  /** How long the toolbox wanted to wait before it tried again, each time, in milliseconds. */
  pauses: number[];
  /** A write is proposed first, and approved. The call's id is new unless it is given. */
  call(name: string, args: Json, call_id?: string): Promise<ToolOutcome>;
}

/** A user with all tools of a domain. */
export function actingTools(
  place: Place,
  { catalogue, refusals }: Domain,
  user: Acting,
  { time_zone = "UTC", fetcher = fetch, now = NOW }: ActingOptions = {},
): ActingTools {
  const { clients, receipts, ids, createToolSource } = place.engine;
  const log: LogEntry[] = [];
  const pauses: number[] = [];
  const engine_db = clients.createEngineClient(place, user.token, fetcher);
  const source = createToolSource({
    lease_seconds: 15,
    ...{ catalogue, refusals, user_id: user.id, ids },
    read_db: clients.createReadOnlyDb(place, user.token, fetcher),
    write_db: (attempt) => clients.createWriteDb(place, user.token, fetcher, attempt),
    preview_db: (attempt) => clients.createPreviewDb(place, user.token, fetcher, attempt),
    receiptOf: receipts.createReceiptOf(engine_db),
    isUndoable: receipts.createIsUndoable(engine_db),
    clock: impatientClock(now, pauses),
    log: { error: (message, details) => void log.push({ message, details }) },
  });
  const names = catalogue.map((tool) => tool.name);
  const toolbox = source.open({ permission: "read_write", names, time_zone });
  const writes = new Set(catalogue.filter(({ access }) => access === "write").map(({ name }) => name));
  return {
    ...{ source, toolbox, log, pauses },
    async call(name, args, call_id = crypto.randomUUID()) {
      const answer = async () => {
        if (writes.has(name)) await propose(place, user, { id: call_id, name, arguments: args });
        return await toolbox.dispatch({ call_id, name, arguments: args });
      };
      return await answeredInTime(answer(), `A call of ${name}`, systemClock);
    },
  };
}

/** A clock that begins at `start`, and on which every pause is over at once: its time moves on by no other way. */
export function impatientClock(start: Date, pauses: number[]): Clock {
  let now = start.getTime();
  return {
    now: () => now,
    after(ms, fn) {
      pauses.push(ms);
      now += ms;
      queueMicrotask(fn);
      return () => {};
    },
  };
}

export interface Proposal {
  /** The id of the call; one that is proposed already stays as it is. */
  id: string;
  name: string;
  arguments: Json;
  access?: ToolAccess;
}

/** One for each user, so that all of a user's calls are calls of one run, whose lease outlasts every check. */
const runs = new Map<string, Promise<OwnedRun>>();

/** Stores a call of a user's, which the database approves; where it asks, the owner of its tables does. */
export async function propose(place: Place, user: Acting, call: Proposal): Promise<OwnedRun> {
  const run = await ownRun(place, user);
  const { id, name: tool_name, arguments: args, access = "write" } = call;
  const row = {
    ...{ id, agent_id: run.agent_id, agent_session_id: run.thread_id, tool_call_id: "a", tool_name, access },
    ...{ arguments: args, status: "proposed" as const, result: null, created_at: NOW.toISOString() },
  };
  const { verdicts } = await storeOf(place, user).recordProgress(run, { ...emptyBatch(), tool_calls: [row] });
  if (verdicts[id]?.status === "awaiting_approval") await approve(place, id);
  return run;
}

async function approve({ database_url, schema }: Place, call_id: string): Promise<void> {
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    await sql`update ${sql(schema)}.agent_tool_calls set status = 'approved'
      where id = ${call_id} and status = 'awaiting_approval'`;
  } finally {
    await sql.end();
  }
}

function ownRun(place: Place, user: Acting): Promise<OwnedRun> {
  const run = runs.get(user.id) ?? startRun(place, user);
  runs.set(user.id, run);
  return run;
}

async function startRun(place: Place, user: Acting): Promise<OwnedRun> {
  const { id, seal } = await place.engine.ids.sealed();
  const started = await storeOf(place, user).startRun({
    request: { message: "Use your tools.", time_zone: "UTC", request_key: crypto.randomUUID() },
    agent: {
      model_preference: { profile: "balanced", models: ["m"] },
      available_tools: [],
      system_prompt: "Plan.",
    },
    reservation: {
      ...{ id, seal, input_tokens: 1, output_tokens: 1, cost_usd: null, tool_calls: 0 },
      ...{ beyond_budget: "never", agent_session_id: null, attempt: 1 },
    },
    lease_seconds: 3_600,
  });
  if (started.existing) throw new Error("Cannot start a run: there is such a run");
  return started;
}

function storeOf(place: Place, { token }: Acting) {
  const db = place.engine.clients.createEngineClient(place, token, fetch);
  return place.engine.createStore(db, LIMITS);
}
