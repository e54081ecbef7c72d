// What the tests of the collector share: pieces of calls in one line each, and what a collector makes of them.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { createToolCallCollector } from "../../../shared/llm/calls/tool_call_collector.ts";
import type { ToolCallDelta } from "../../../shared/llm/wire/wire_chunk.ts";

export const TASKS = "get_tasks";
export const NOTES = "get_notes";
export const OFFERED: ReadonlySet<string> = new Set([TASKS, NOTES, "get_task", "create_note"]);

/** A piece of a call; what is null was not sent. */
export function piece(
  index: number | null,
  id: string | null,
  name: string | null,
  args?: Json,
  extra_content?: Json,
): ToolCallDelta {
  const called = name === null && args === undefined ? null : { name, arguments: args };
  return { index, id, function: called, ...(extra_content === undefined ? {} : { extra_content }) };
}

export interface Collected {
  /** Name and arguments of each call; of broken ones the word "broken" and the problem. */
  calls: Json[] | "nameless" | "over_limit";
  ids: string[];
  extras: Json[];
  /** The names that were told while the pieces came, and those that only the end settled. */
  named: string[];
  at_end: string[];
}

/** What a collector makes of the pieces. Ids that it makes up are `new1`, `new2` and so on. */
export function collectPieces(pieces: readonly ToolCallDelta[], offered = OFFERED): Collected {
  const collector = createToolCallCollector(offered);
  const named: string[] = [];
  const nothing = { ids: [], extras: [], named, at_end: [] };
  for (const one of pieces) {
    const result = collector.push(one);
    if (result.state === "over_limit") return { ...nothing, calls: "over_limit" };
    named.push(...result.named);
  }
  let made_up = 0;
  const end = collector.finish(new Set(), () => `new${++made_up}`);
  if (end.state === "nameless") return { ...nothing, calls: "nameless" };
  assert.equal(
    new Set(end.calls.map(({ id }) => id)).size,
    end.calls.length,
    "every call has an id of its own",
  );
  return {
    calls: end.calls.map(({ name, arguments: args }) =>
      args.ok ? [name, args.value] : [name, "broken", args.problem]
    ),
    ids: end.calls.map(({ id }) => id),
    extras: end.calls.map(({ extra_content }) => extra_content ?? null),
    named,
    at_end: end.named,
  };
}
