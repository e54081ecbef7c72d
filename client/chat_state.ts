// What a page shows of a conversation: its messages, the run at work in it, and what went wrong.
import type { ApprovalState, PlanState, RunState } from "../shared/contracts/run_state.ts";
import type { Open } from "../shared/contracts/read_event.ts";
import type { ChatMessage } from "../shared/contracts/run_view.ts";
import type { AgentClientError } from "./client_error.ts";

/**
 * `loading` its history, `ready` for a message, `sending` one, `running`, `stopping` once that was asked for,
 * `awaiting_approval` of its user, or `failed`: `error` says in what.
 */
export type ChatStatus =
  | "loading"
  | "ready"
  | "sending"
  | "running"
  | "stopping"
  | "awaiting_approval"
  | "failed";

/** A message as it is shown: stored, under way to the server, not taken by it, or so far as it has been said. */
export interface ShownMessage {
  id: string;
  role: ChatMessage["role"];
  content: string;
  run_id: string | null;
  state: "stored" | "sending" | "failed" | "streaming";
}

export interface ChatState {
  /** Null until the first message of a new conversation has been taken. */
  session_id: string | null;
  /** The oldest first. */
  messages: ShownMessage[];
  /** There are messages before these. */
  has_earlier: boolean;
  status: ChatStatus;
  /** What failed last; null once something else is done. */
  error: AgentClientError | null;
  /** Whether `retry` does again what failed. It can't help where the server would refuse the same once more. */
  can_retry: boolean;
  /** The run that is at work, or was last; null where none was since the page was opened. */
  run: RunState | null;
  plan: PlanState | null;
  /** The calls that wait for a decision. */
  approvals: ApprovalState[];
}

/** What a chat holds. */
export interface HeldChat {
  session_id: string | null;
  /** The oldest first. */
  stored: ChatMessage[];
  /** Leads to the messages before these. */
  earlier: string | null;
  /** The message that was sent last, with the key under which it is sent again. */
  outgoing: Outgoing | null;
  /** Those that were sent before it and not taken, each with the seq of the message that it stands behind. */
  untaken: (Outgoing & { behind: number })[];
  run: RunState | null;
  /** The calls that were decided while others are open. */
  decided: readonly string[];
  doing: "loading" | "sending" | "reading" | "stopping" | null;
  error: AgentClientError | null;
  /** Does again what failed; null where that is of no use. */
  redo: (() => Promise<void>) | null;
}

interface Outgoing {
  id: string;
  content: string;
  failed: boolean;
}

export const EMPTY_CHAT: HeldChat = {
  ...{ session_id: null, stored: [], earlier: null, outgoing: null, untaken: [], run: null, decided: [] },
  ...{ doing: null, error: null, redo: null },
};

/** These messages and those, each once, in their order: a run has one of its user's and one that it answers with. */
export function mergeMessages(some: readonly ChatMessage[], others: readonly ChatMessage[]): ChatMessage[] {
  const each = new Map(
    [...some, ...others].map((one) => [one.run_id ? `${one.run_id} ${one.role}` : one.id, one]),
  );
  return [...each.values()].sort((a, b) => a.seq - b.seq);
}

/** With what was sent and said last among what is there, until the messages come from the session. */
export function withOwnMessages(held: HeldChat): Pick<HeldChat, "stored" | "outgoing" | "untaken"> {
  const { stored, run, session_id, outgoing, untaken } = held;
  const behind = stored.at(-1)?.seq ?? 0;
  const seq = behind + 1;
  const own = run && session_id !== null ? ownMessages(held) : [];
  const taken = own.filter(({ state }) => state !== "failed" && state !== "sending");
  const rows = taken.map(({ id, role, content, run_id }, i) => ({
    ...{ id, role, content, run_id, session_id: session_id ?? "", seq: seq + i, created_at: run?.at ?? "" },
  }));
  const failed = outgoing?.failed ? [{ ...outgoing, behind: rows.at(-1)?.seq ?? behind }] : [];
  return { stored: [...stored, ...rows], outgoing: null, untaken: [...untaken, ...failed] };
}

export function shownChat(held: HeldChat): ChatState {
  const { session_id, run, decided, error, redo } = held;
  return {
    ...{ session_id, run, error, can_retry: error !== null && redo !== null },
    messages: [...earlierMessages(held), ...ownMessages(held)],
    has_earlier: held.earlier !== null,
    status: statusOf(held),
    plan: run?.plan ?? null,
    approvals: run?.approvals.filter((one) => one.open && !decided.includes(one.tool_call_id)) ?? [],
  };
}

function statusOf({ doing, run, error }: HeldChat): ChatStatus {
  if (doing === "reading") return run?.status === "awaiting_approval" ? "awaiting_approval" : "running";
  if (doing !== null) return doing;
  if (error !== null) return "failed";
  return run?.status === "awaiting_approval" ? "awaiting_approval" : "ready";
}

function earlierMessages({ stored, untaken }: HeldChat): ShownMessage[] {
  const kept = stored.map(({ id, role, content, run_id, seq }) => ({
    ...{ seq, shown: { id, role, content, run_id, state: "stored" as const } },
  }));
  const failed = untaken.map(({ id, content, behind: seq }) => ({
    ...{ seq, shown: { id, role: "user" as const, content, run_id: null, state: "failed" as const } },
  }));
  return [...kept, ...failed].sort((a, b) => a.seq - b.seq).map(({ shown }) => shown);
}

/** What was sent and said last, as far as the session has not given it. */
function ownMessages({ stored, outgoing, run }: HeldChat): ShownMessage[] {
  const messages: ShownMessage[] = [];
  const run_id = run?.run_id ?? null;
  if (outgoing && !stored.some(({ id }) => id === run?.user_message_id)) {
    const { id, content, failed } = outgoing;
    const state = failed ? "failed" : run?.user_message_id ? "stored" : "sending";
    messages.push({ id: run?.user_message_id ?? id, role: "user", content, run_id, state });
  }
  const answer = run && !stored.some((one) => one.run_id === run_id && one.role === "assistant") &&
    saidBy(run);
  if (run && answer) {
    const { id, state } = answer;
    messages.push({ id, role: "assistant", content: answer.content, run_id, state });
  }
  return messages;
}

/** What the run would have answered, if it had ended now. */
function saidBy(run: RunState): { id: string; content: string; state: "stored" | "streaming" } | null {
  const content = run.parts.findLast((text) => text !== "");
  if (content === undefined) return null;
  const at_work: Open<"running" | "awaiting_approval">[] = ["running", "awaiting_approval"];
  const state = at_work.includes(run.status) ? "streaming" : "stored";
  return { id: run.message_id ?? run.run_id, content, state };
}
