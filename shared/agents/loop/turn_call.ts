// A call of a turn as it stands: what the model asked for, and what the rows of earlier owners say of it. A call that
// a person approved, and that would do something else by the time it is made, is asked again under another row.
import type { ModelToolCall } from "../../contracts/model.ts";
import type { Json } from "../../contracts/text.ts";
import type { ToolResult } from "../../contracts/tool_result.ts";
import type { PendingCall, StoredCall } from "../store/records.ts";
import type { ProposedCall } from "../store/rows.ts";
import type { ToolCallOptions } from "./tool_call_options.ts";

export interface NumberedCall {
  call: ModelToolCall;
  /** Where it stands: the assistant's message, and its place in it. */
  message_id: string;
  index: number;
  /** Why it must not be run, if so; it is recorded all the same. */
  refusal?: string;
}

export interface TurnCall extends NumberedCall {
  /** Of its row: the same in every replay of its message; another one for another message in its place. */
  id: string;
  /** How often it was asked again. */
  again: number;
  proposed: Json;
  /** Those that it is made with. */
  arguments: Json;
  /** They are a person's. */
  edited: boolean;
  recorded: StoredCall | undefined;
  pending: PendingCall | undefined;
}

type Rows = Pick<ToolCallOptions, "ids" | "recorded" | "pending">;
type Reading = Rows & Pick<ToolCallOptions, "toolbox">;

/** After so many times the model is told instead of the person. */
const MOST_AGAIN = 2;

/** The call with its latest row. */
export async function callAsItStands(numbered: NumberedCall, rows: Reading): Promise<TurnCall> {
  const { message_id, index, call } = numbered;
  const id = await rows.ids.derived(message_id, index);
  const proposed = call.arguments.ok
    ? rows.toolbox.argumentsOf({ name: call.name, arguments: call.arguments.value })
    : call.arguments.raw;
  let one = withRows({ ...numbered, id, again: 0, proposed, arguments: proposed, edited: false }, rows);
  while (one.recorded && isAskedAgain(one, one.recorded.result)) one = await askedAgain(one, rows);
  return one;
}

/** Whether the person is asked again, the call having come to this. */
export function isAskedAgain({ again }: TurnCall, result: ToolResult): boolean {
  return !result.ok && result.error === "stale" && again < MOST_AGAIN;
}

/** The same call under its next row. */
export async function askedAgain(before: TurnCall, rows: Rows): Promise<TurnCall> {
  const { message_id, index } = before;
  const again = before.again + 1;
  const id = await rows.ids.derived(message_id, index, "again", again);
  return withRows({ ...before, id, again, proposed: before.arguments }, rows);
}

function withRows(
  one: Omit<TurnCall, "recorded" | "pending">,
  { recorded, pending }: Pick<ToolCallOptions, "recorded" | "pending">,
): TurnCall {
  const known = {
    recorded: recorded.find(({ id }) => id === one.id),
    pending: pending.find(({ id }) => id === one.id),
  };
  const row = known.recorded ?? known.pending;
  if (!row?.decision?.edited) return { ...one, ...known };
  return { ...one, ...known, arguments: row.arguments, edited: true };
}

/** A call's row as it stands before the call is made. */
export function proposalOf(
  { id, call, proposed }: TurnCall,
  { thread, catalogue, clock }: Pick<ToolCallOptions, "thread" | "catalogue" | "clock">,
): ProposedCall {
  return {
    id,
    agent_id: thread.agent.id,
    agent_session_id: thread.id,
    tool_call_id: call.id,
    tool_name: call.name,
    access: catalogue.find((tool) => tool.name === call.name)?.access ?? null,
    arguments: proposed,
    status: "proposed",
    result: null,
    created_at: new Date(clock.now()).toISOString(),
  };
}
