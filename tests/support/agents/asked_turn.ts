// A turn of tool calls over a database that says which of them a person has to be asked about, and what it knows of
// them from earlier owners; for tests of the agents alone.
import type { Preview, ToolCallRequest, ToolOutcome } from "../../../shared/agents/ports.ts";
import { isUnfinished } from "../../../shared/agents/loop/loop_events.ts";
import { createThread } from "../../../shared/agents/loop/thread.ts";
import type { BuiltInTool } from "../../../shared/agents/loop/tool_call_options.ts";
import { runToolCalls } from "../../../shared/agents/loop/tool_calls.ts";
import type { ToolEvent } from "../../../shared/agents/loop/tool_events.ts";
import { createTurnTelling } from "../../../shared/agents/loop/turn_telling.ts";
import type { PendingCall, StoredCall } from "../../../shared/agents/store/records.ts";
import type { ToolCallRow, Verdict } from "../../../shared/agents/store/rows.ts";
import type { Effect } from "../../../shared/contracts/approval.ts";
import { ok } from "../../../shared/contracts/tool_result.ts";
import { toolCall } from "../models/listed_model.ts";
import { fakeClock } from "../ports/fake_clock.ts";
import { immediateIds } from "../ports/immediate_ids.ts";
import { AGENT_ID, THREAD_ID } from "./owned_run.ts";
import { messageId } from "./stored_thread.ts";
import { verdictOf } from "./verdicts.ts";

const MESSAGE_ID = messageId(3);
const ids = immediateIds();

/** The id of the call in this place; of the row under which it is asked again, with how often. */
export function callId(index: number, again = 0): Promise<string> {
  return again === 0 ? ids.derived(MESSAGE_ID, index) : ids.derived(MESSAGE_ID, index, "again", again);
}

export const EFFECTS: Effect[] = [
  { table: "public.things", op: "update", key: { id: "1" }, changes: { title: ["Old", "New"] } },
];

export interface AskedTurn {
  /** Names of tools: `look` reads, what begins with `write` or `ask` writes; the latter needs a person. */
  calls: (string | ReturnType<typeof toolCall>)[];
  recorded?: StoredCall[];
  pending?: PendingCall[];
  guarded_reads?: string[];
  builtIn?: BuiltInTool[];
  previews?: Record<string, Preview>;
  verdicts?: Record<string, Partial<Verdict>>;
  /** What a tool says, by its name. */
  outcomes?: Record<string, ToolOutcome>;
  signal?: AbortSignal;
}

const TOOLS = ["look", "look_secret", "write_a", "write_b", "ask_a", "ask_b", "ask_c"];

/** What became of the turn, and what was done, stored and told on the way. */
export async function askedTurn(turn: AskedTurn) {
  const { calls, recorded = [], pending = [], guarded_reads = [], builtIn = [], outcomes = {} } = turn;
  const events: ToolEvent[] = [];
  const rows: ToolCallRow[] = [];
  const proposed: string[][] = [];
  const previewed: ToolCallRequest[] = [];
  const ran: ToolCallRequest[] = [];
  const clock = fakeClock();
  const offered = TOOLS.map((name) => ({
    access: name.startsWith("look") ? "read" as const : "write" as const,
    schema: { name, description: name, parameters: {} },
  }));
  const end = await runToolCalls(
    calls.map((one, index) => ({
      call: typeof one === "string" ? toolCall(one) : one,
      message_id: MESSAGE_ID,
      index,
    })),
    {
      thread: createThread({
        ...{ id: THREAD_ID, agent: { id: AGENT_ID, type: "planner" }, write() {} },
        clock,
        ids,
      }),
      toolbox: {
        offered,
        argumentsOf: (call) => call.arguments,
        dispatch(call) {
          ran.push(call);
          return Promise.resolve(outcomes[call.name] ?? ok("done", `${call.name} is done.`));
        },
        preview(call) {
          previewed.push(call);
          return Promise.resolve(turn.previews?.[call.name] ?? { kind: "effects", effects: EFFECTS });
        },
      },
      builtIn,
      telling: createTurnTelling(() => true),
      catalogue: offered.map(({ schema: { name }, access }) => ({ name, title: `The tool ${name}`, access })),
      emit: (event) => events.push(event),
      write: (row) => rows.push(row),
      recorded,
      pending,
      guarded_reads,
      propose(rows) {
        proposed.push(rows.map(({ tool_name }) => tool_name));
        return Promise.resolve(Object.fromEntries(rows.map(({ id, tool_name }) => {
          const asks = tool_name.startsWith("ask") || tool_name === "look_secret";
          return [id, verdictOf(asks ? "awaiting_approval" : "approved", turn.verdicts?.[tool_name])];
        })));
      },
      clock,
      ids,
      signal: turn.signal ?? new AbortController().signal,
    },
  );
  const approvals = events.flatMap((event) => event.type === "approval_required" ? event.approvals : []);
  const contents = isUnfinished(end) ? [] : end.map(({ content }) => content);
  return {
    end: isUnfinished(end) ? end : "ended" as const,
    contents,
    events,
    types: events.map(({ type }) => type),
    approvals,
    rows,
    proposed,
    previewed: previewed.map(({ name }) => name),
    ran,
    names: ran.map(({ name }) => name),
  };
}

/** A call that an earlier owner has proposed. */
export function pendingCall(id: string, change: Partial<PendingCall> = {}): PendingCall {
  return {
    id,
    tool_name: "ask_a",
    status: "awaiting_approval",
    arguments: {},
    arguments_sha256: "0".repeat(64),
    why: [{ by: "default", text: "It is always asked." }],
    effects: EFFECTS,
    problem: null,
    expires_at: "2026-11-23T12:00:00.000Z",
    remember: null,
    decision: null,
    ...change,
  };
}

/** The same, with what a person said of it. */
export function approvedCall(id: string, change: Partial<PendingCall> = {}): PendingCall {
  const decision = { approved: true, edited: false, reason: null, by: "user" as const };
  return pendingCall(id, { status: "approved", decision, ...change });
}
