// I2 for tool calls: one row for every call in a message, one `tool_call` and one `tool_result` for every row.
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { ids } from "../../../shared/db/ids.ts";
import { type Evidence, repeated, type Violation } from "./evidence.ts";

type CallRow = Evidence["tool_calls"][number];
type ResultEvent = Extract<RunEvent, { type: "tool_result" }>;

export async function* toolCallViolations(evidence: Evidence): AsyncGenerator<Violation> {
  for (const id of repeated(evidence.tool_calls.map((row) => row.id))) yield found(`call ${id} has two rows`);
  yield* callsAndRows(evidence);
  yield* rowsAndEvents(evidence);
  yield* eventsAndRows(evidence);
}

function found(problem: string): Violation {
  return { invariant: "I2", problem };
}

/** A call's row has the id that derives from its message, so a repeated call can't have another row. */
async function* callsAndRows({ threads, messages, tool_calls }: Evidence): AsyncGenerator<Violation> {
  const rows = new Map(tool_calls.map((row) => [row.id, row]));
  for (const thread of threads) {
    const own = messages.filter((message) => message.agent_session_id === thread.id);
    const last = own.findLast((message) => message.role === "assistant");
    for (const message of own) {
      // The calls of a thread that was broken off need not have begun.
      const cut = message === last && thread.status !== "completed";
      for (const [index, call] of (message.tool_calls ?? []).entries()) {
        const id = await ids.derived(message.id, index);
        const row = rows.get(id);
        rows.delete(id);
        const name = `call ${index + 1} (${call.name}) of message ${message.seq} in thread ${thread.id}`;
        if (!row && !cut) yield found(`${name} has no row`);
        for (let latest = row, again = 1; latest; again++) {
          if (latest.tool_name !== call.name || latest.tool_call_id !== call.id) {
            yield found(`${name} is recorded as ${latest.tool_name} ${latest.tool_call_id}`);
          }
          // Asked again, where what it would change had changed.
          const next = await ids.derived(message.id, index, "again", again);
          latest = rows.get(next);
          rows.delete(next);
        }
      }
    }
  }
  for (const { id, tool_name } of rows.values()) yield found(`call ${id} of ${tool_name} is in no message`);
}

function* rowsAndEvents(evidence: Evidence): Generator<Violation> {
  const { run, tool_calls, threads } = evidence;
  for (const row of tool_calls) {
    const name = `call ${row.id} of ${row.tool_name}`;
    const { calls, results } = eventsOf(row.id, evidence.events);
    const thread = threads.find((one) => one.id === row.agent_session_id);
    if (isOwnTool(row, thread?.plan_id ?? null)) {
      if (calls.length + results.length > 0) yield found(`${name}, a tool of the agents' own, has events`);
      continue;
    }
    const [call] = calls;
    const [result] = results;
    if (!call || !result) {
      // A run or a step that was broken off need not have told of everything.
      const whole = call ? wasEnded(call, evidence) : run.status === "completed";
      if (whole) yield found(`${name} has no ${call ? "tool_result" : "tool_call"}`);
      continue;
    }
    if (call.name !== row.tool_name) yield found(`${name} was announced as ${call.name}`);
    if (!isDeepStrictEqual(call.arguments, row.proposed_arguments ?? row.arguments)) {
      yield found(`${name} has other arguments in event ${call.seq}`);
    }
    if (result.ok !== isOk(row)) {
      yield found(`${name} is ${row.status}, event ${result.seq} says ok ${result.ok}`);
    }
    if ((result.error ?? null) !== errorOf(row)) {
      yield found(`${name} has another error in event ${result.seq}`);
    }
    yield* shownData(row, result);
    if ((call.agent?.step_number ?? null) !== (thread?.step_number ?? null)) {
      yield found(`${name} was announced in step ${call.agent?.step_number}`);
    }
  }
}

const Told = z.object({ ok: z.boolean(), message: z.string() });

/** What would have changed nothing was not carried out, and is told as done. */
function isOk({ status, result }: CallRow): boolean {
  return status === "rejected" ? Told.parse(result).ok : status === "succeeded";
}

/** Of a call that was not carried out, the row's error may be the reason in one word. */
function errorOf(row: CallRow): string | null {
  if (row.status !== "rejected") return row.error;
  return isOk(row) ? null : Told.parse(row.result).message;
}

const Found = z.object({ ok: z.literal(true), data: z.json() });
const MAX_SHOWN_BYTES = 8 * 1024;

/** What a tool found stands in the event as it does in the row, or is marked as too long for an event. */
function* shownData(row: CallRow, result: ResultEvent): Generator<Violation> {
  const data = Found.safeParse(row.result).data?.data;
  const bytes = data === undefined ? 0 : new TextEncoder().encode(JSON.stringify(data)).length;
  const cut = bytes > MAX_SHOWN_BYTES;
  const event = `event ${result.seq} of call ${row.id}`;
  if ((result.cut ?? false) !== cut) yield found(`${event} ${cut ? "hides" : "says"} that data was cut`);
  if (!isDeepStrictEqual(result.data, cut ? undefined : data)) {
    yield found(`${event} has other data than its row`);
  }
}

function* eventsAndRows(evidence: Evidence): Generator<Violation> {
  const { events, tool_calls } = evidence;
  const announced = events.flatMap((event) =>
    event.type === "tool_call" || event.type === "tool_result" ? [event.tool_call_id] : []
  );
  for (const id of new Set(announced)) {
    const { calls, results } = eventsOf(id, events);
    if (calls.length !== 1) yield found(`call ${id} was announced ${calls.length} times`);
    if (results.length > 1) yield found(`call ${id} has ${results.length} tool_result events`);
    const whole = calls[0] === undefined || wasEnded(calls[0], evidence);
    if (results.length === 0 && whole) yield found(`call ${id} was announced and has no tool_result`);
    if (calls[0] && results[0] && results[0].seq < calls[0].seq) {
      yield found(`call ${id} has its result before it began`);
    }
    if (whole && !tool_calls.some((row) => row.id === id)) {
      yield found(`call ${id} was announced and has no row`);
    }
  }
}

/** False where the run, or the step that made the call, was broken off: then it need not have been told to its end. */
function wasEnded({ agent, seq }: RunEvent, { run, threads, events }: Evidence): boolean {
  if (run.status !== "completed") return false;
  const step = agent?.step_number;
  if (step === undefined) return true;
  // Its worker was lost before it had stored the call, and the next one began a turn of its own.
  const replaced = events.some((event) =>
    event.type === "executor_spawned" && event.step_number === step && event.attempt > 1 && event.seq > seq
  );
  if (replaced) return false;
  return threads.every((thread) => thread.step_number !== step || thread.status === "completed");
}

function eventsOf(id: string, events: readonly RunEvent[]) {
  return {
    calls: events.flatMap((event) => event.type === "tool_call" && event.tool_call_id === id ? [event] : []),
    results: events.flatMap((event) =>
      event.type === "tool_result" && event.tool_call_id === id ? [event] : []
    ),
  };
}

/** Such a tool shows itself by events of its own. */
function isOwnTool({ tool_name }: CallRow, plan_id: string | null): boolean {
  return tool_name === (plan_id === null ? "create_plan" : "submit_result");
}
