// What the trace page asks for: a run's rows without their contents, and the contents of the one that is selected.
import { isRowId } from "./row_id.ts";
import { fields, type Guard, isFlag, isNumber, isText, listOf, nullable } from "./guards.ts";
import type { ConsoleData } from "./console_data.ts";
import {
  isUsage,
  type TraceModelCall,
  type TraceMoment,
  type TracePlan,
  type TraceRows,
  type TraceRun,
  type TraceStep,
  type TraceThread,
  type TraceToolCall,
} from "./trace_rows.ts";
import { wholeList } from "./whole_list.ts";

const isRun = fields<TraceRun>({
  id: isText,
  session_id: isText,
  message: nullable(isText),
  status: isText,
  strategy: nullable(isText),
  finished_reason: nullable(isText),
  error: nullable(fields<{ message: string }>({ message: isText })),
  usage: nullable(isUsage),
  takeovers: isNumber,
  cancel_requested_at: nullable(isText),
  lease_expires_at: isText,
  created_at: isText,
  finished_at: nullable(isText),
});

const isThread = fields<TraceThread>({
  id: isText,
  plan_id: nullable(isText),
  step_number: nullable(isNumber),
});

const isPlannedStep = fields<TracePlan["steps"][number]>({
  step_number: isNumber,
  title: isText,
  executor_required: isFlag,
});

const isPlan = fields<TracePlan>({
  id: isText,
  revision: isNumber,
  goal: isText,
  status: isText,
  steps: listOf(isPlannedStep),
  created_at: isText,
  finished_at: nullable(isText),
});

const isStep = fields<TraceStep>({
  id: isText,
  plan_id: isText,
  step_number: isNumber,
  attempt: isNumber,
  worker: nullable(isText),
  status: isText,
  error: nullable(isText),
  agent_session_id: nullable(isText),
  created_at: isText,
  finished_at: nullable(isText),
});

/** As the ledger has it: a place that is reserved, and the call that was made in it. */
interface StoredModelCall extends Omit<TraceModelCall, "started_at" | "ended_at"> {
  model_calls: number;
  reserved_at: string;
  started_at: string | null;
  duration_ms: number | null;
  settled_at: string | null;
}

const isModelCall = fields<StoredModelCall>({
  model_calls: isNumber,
  id: isText,
  agent_session_id: nullable(isText),
  message_seq: nullable(isNumber),
  attempt: isNumber,
  model_asked: nullable(isText),
  model_answered: nullable(isText),
  failure: nullable(isText),
  end_reason: nullable(isText),
  first_token_ms: nullable(isNumber),
  input_tokens: nullable(isNumber),
  cached_tokens: nullable(isNumber),
  output_tokens: nullable(isNumber),
  cost_usd: nullable(isNumber),
  reserved_at: isText,
  started_at: nullable(isText),
  duration_ms: nullable(isNumber),
  settled_at: nullable(isText),
});

const isToolCall = fields<TraceToolCall>({
  id: isText,
  agent_session_id: isText,
  tool_name: isText,
  access: nullable(isText),
  status: isText,
  error: nullable(isText),
  duration_ms: nullable(isNumber),
  created_at: isText,
  finished_at: nullable(isText),
});

const isMoment = fields<TraceMoment>({
  type: isText,
  at: isText,
  why: nullable(isText),
  strategy: nullable(isText),
});

/** A guard for the rows of a table, with the columns that it asks for. */
interface Table<Row> {
  name: string;
  columns: string;
  order: string;
  guard: Guard<Row>;
}

const TIMES = "created_at,finished_at";

export const RUNS: Table<TraceRun> = {
  name: "agent_runs",
  columns: `id,session_id,message:request->>message,status,strategy,finished_reason,error,usage,takeovers,
    cancel_requested_at,lease_expires_at,${TIMES}`,
  order: "id",
  guard: isRun,
};

const THREADS: Table<TraceThread> = {
  name: "agent_chat_sessions",
  columns: "id,plan_id,step_number",
  order: "id",
  guard: isThread,
};

const PLANS: Table<TracePlan> = {
  name: "agent_plans",
  columns: `id,revision,goal,status,steps,${TIMES}`,
  order: "revision",
  guard: isPlan,
};

const STEPS: Table<TraceStep> = {
  name: "agent_executions",
  columns: `id,plan_id,step_number,attempt,worker,status,error,agent_session_id,${TIMES}`,
  order: "id",
  guard: isStep,
};

const MODEL_CALLS: Table<StoredModelCall> = {
  name: "usage_ledger",
  columns:
    `id,agent_session_id,message_seq,attempt,model_asked,model_answered,failure,end_reason,first_token_ms,
    input_tokens,cached_tokens,output_tokens,cost_usd,model_calls,reserved_at,started_at,duration_ms,settled_at`,
  order: "id",
  guard: isModelCall,
};

const TOOL_CALLS: Table<TraceToolCall> = {
  name: "agent_tool_calls",
  columns: `id,agent_session_id,tool_name,access,status,error,duration_ms,${TIMES}`,
  order: "id",
  guard: isToolCall,
};

/** The run itself; null where there is none, or it is somebody else's. */
export async function readRun(data: ConsoleData, run_id: string): Promise<TraceRun | null> {
  if (!isRowId(run_id)) return null;
  const found = await data.rows(
    (rest) => rest.from(RUNS.name).select(clean(RUNS.columns)).eq("id", run_id),
    isRun,
  );
  return found[0] ?? null;
}

/** All rows of a run, in as few pages as there are. */
export async function readTrace(data: ConsoleData, run: TraceRun): Promise<TraceRows> {
  const all = <Row>({ name, columns, order, guard }: Table<Row>) =>
    wholeList((from, to) =>
      data.rows(
        (rest) => rest.from(name).select(clean(columns)).eq("run_id", run.id).order(order).range(from, to),
        guard,
      )
    );
  const [threads, plans, steps, ledger, tool_calls, moments] = await Promise.all([
    all(THREADS),
    all(PLANS),
    all(STEPS),
    all(MODEL_CALLS),
    all(TOOL_CALLS),
    readMoments(data, run.id),
  ]);
  const model_calls = ledger.flatMap((call) => made(call, run));
  const strategy = run.strategy ?? moments.findLast((moment) => moment.strategy !== null)?.strategy ?? null;
  return { run: { ...run, strategy }, threads, plans, steps, model_calls, tool_calls, moments };
}

function readMoments(data: ConsoleData, run_id: string): Promise<TraceMoment[]> {
  return wholeList((from, to) =>
    data.rows(
      (rest) =>
        rest.from("agent_run_events").select("type,at,why:data->>why,strategy:data->>strategy").eq(
          "run_id",
          run_id,
        )
          .in("type", MOMENTS).order("seq").range(from, to),
      isMoment,
    )
  );
}

const MOMENTS = ["analysis", "taken_over", "run_paused", "approval_decided"];

/** A place that was given back is no call; neither is one that is held for later, while the run goes on. */
function made(call: StoredModelCall, run: TraceRun): TraceModelCall[] {
  const { model_calls, reserved_at, started_at, duration_ms, settled_at, ...rest } = call;
  if (model_calls === 0 || (settled_at === null && run.finished_at === null)) return [];
  const start = started_at ?? reserved_at;
  const ended_at = settled_at === null || duration_ms === null
    ? settled_at
    : new Date(Date.parse(start) + duration_ms).toISOString();
  return [{ ...rest, started_at: start, ended_at }];
}

function clean(columns: string): string {
  return columns.replaceAll(/\s+/g, "");
}
