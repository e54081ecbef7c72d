// One LLM thread: the messages between an agent and a model, in order, each of them a row.
import type { Cut } from "../../contracts/cut.ts";
import type { FinishedTurn, ModelMessage } from "../../contracts/model.ts";
import type { ShownRow } from "../../contracts/tool_result.ts";
import type { Clock } from "../../async/clock.ts";
import type { Ids } from "../ports.ts";
import type { HistoryMessage, MessagePurpose, StoredMessage } from "../store/records.ts";
import type { MessageRow, Sender } from "../store/rows.ts";

export interface Thread {
  readonly id: string;
  readonly agent: ThreadAgent;
  /** Sent between the system prompt and the task; no rows of its own. */
  readonly history: readonly HistoryMessage[];
  readonly messages: readonly StoredMessage[];
  /** Makes this the system prompt: one more message where the newest prompt of the thread says something else. */
  prompt(content: string): void;
  /** Adds a message and its row, and gives its number. A model's turn has its id beforehand; others are given one. */
  append(message: NewMessage): number;
}

/** A message without its place in the thread; a model's own brings the turn that it came from. */
export type NewMessage =
  & MessagePurpose
  & {
    id?: string;
    sender: Sender;
    message: ModelMessage;
    turn?: FinishedTurn;
    cut?: Cut[];
    shown_rows?: ShownRow[];
  };

/** Whose thread it is, and who else speaks in it. */
export interface ThreadAgent {
  id: string;
  type: "planner" | "executor";
  /** The other agent. */
  peer_id?: string | null;
}

interface ThreadOptions {
  id: string;
  agent: ThreadAgent;
  history?: readonly HistoryMessage[];
  /** The messages there already are, when a thread is resumed. */
  messages?: StoredMessage[];
  write(row: MessageRow): void;
  clock: Clock;
  ids: Ids;
}

export function createThread(options: ThreadOptions): Thread {
  const { id, agent, history = [], messages = [], write, clock, ids } = options;
  const entries = [...messages];
  const thread: Thread = {
    id,
    agent,
    history,
    messages: entries,
    prompt(content) {
      const newest = entries.findLast(({ kind }) => kind === "prompt");
      if (newest?.message.content === content) return;
      thread.append({ kind: "prompt", sender: "system", message: { role: "system", content } });
    },
    append({ turn, cut = [], shown_rows = [], id: message_id = ids.random(), ...added }) {
      const entry = { ...added, id: message_id, seq: (entries.at(-1)?.seq ?? 0) + 1 };
      const { sender, message } = entry;
      entries.push(entry);
      write({
        id: entry.id,
        agent_session_id: id,
        seq: entry.seq,
        kind: entry.kind,
        ...(entry.kind === "limit" && { detail: entry.limit }),
        sender_type: sender,
        sender_agent_id: senderId(sender, agent),
        ...message,
        ...(cut.length > 0 && { cut }),
        ...(shown_rows.length > 0 && { shown_rows }),
        ...(turn && {
          model_used: turn.model,
          input_tokens: turn.usage.input_tokens,
          output_tokens: turn.usage.output_tokens,
          cached_tokens: turn.usage.cached_tokens,
          cost_usd: turn.usage.cost_usd,
          usage_estimated: turn.usage.estimated,
          cost_estimated: turn.usage.cost_estimated,
        }),
        created_at: new Date(clock.now()).toISOString(),
      });
      return entry.seq;
    },
  };
  return thread;
}

function senderId(sender: Sender, { id, type, peer_id = null }: ThreadAgent): string | null {
  if (sender === type) return id;
  return sender === "planner" || sender === "executor" ? peer_id : null;
}

/** A model's turn as a message. */
export function assistantMessage(turn: FinishedTurn): ModelMessage {
  return {
    role: "assistant",
    content: turn.text,
    ...(turn.tool_calls.length > 0 && {
      tool_calls: turn.tool_calls.map(({ id, name, arguments: args, extra_content }) => ({
        id,
        name,
        ...(args.ok
          ? { arguments: JSON.stringify(args.value) }
          : { arguments: "{}", unread: { raw: args.raw, problem: args.problem } }),
        ...(extra_content !== undefined && { extra_content }),
        ...(turn.finish_reason === "length" && { cut_off: true as const }),
      })),
    }),
    ...(turn.reasoning !== "" && { reasoning: turn.reasoning }),
    ...(turn.echo && { echo: turn.echo }),
    ...(turn.finish_reason === "length" && { cut_off: true as const }),
  };
}
