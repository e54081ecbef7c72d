// A person who is asked by a run: they decide in the database, as a front end may, and read on.
import assert from "node:assert/strict";
import type { Approval } from "../../../shared/contracts/approval.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { JsonSchema } from "../../../shared/contracts/text.ts";
import { callFunction, chat, eventsOf } from "./calling.ts";
import type { TestUser } from "./stack.ts";

/** A run that waits, with all that its person has been sent. */
export interface AskedRun {
  run_id: string;
  events: RunEvent[];
  /** What is open. */
  approvals: Approval[];
}

/** What is decided on one call; approved unless told otherwise. */
export interface Decided {
  approved?: boolean;
  arguments?: unknown;
  reason?: string;
}

/** Sends a message and reads until the run waits. Throws where it does not. */
export async function askedRun(user: TestUser, base?: string): Promise<AskedRun> {
  const { events } = await chat(user, { message: "Do it" }, base);
  return waiting(events);
}

/** Decides on the calls in the order in which they were asked; null leaves one open. */
export async function decide(user: TestUser, run: AskedRun, ...decided: (Decided | null)[]): Promise<void> {
  const decisions = decided.flatMap((one, i) => {
    const { tool_call_id, arguments_sha256 } = run.approvals[i] ?? assert.fail("there is no such question");
    return one ? [{ tool_call_id, arguments_sha256, approved: true, ...one }] : [];
  });
  const { error } = await user.client.rpc("decide_tool_calls", {
    p_run_id: run.run_id,
    p_decisions: JsonSchema.parse(decisions),
  });
  if (error) throw error;
}

/** Reads on from the pause, to the next one or the run's end, and gives the whole log. */
export async function readOn(user: TestUser, run: AskedRun, base?: string): Promise<RunEvent[]> {
  const response = await callFunction(user, `agent-planner/runs/${run.run_id}/events`, {
    method: "GET",
    headers: { "last-event-id": String(run.events.length) },
    base,
  });
  return [...run.events, ...await Array.fromAsync(eventsOf(response))];
}

/** The same for a run that asks once more. */
export async function askedOn(user: TestUser, run: AskedRun): Promise<AskedRun> {
  return waiting(await readOn(user, run));
}

function waiting(events: RunEvent[]): AskedRun {
  const last = events.at(-1);
  assert.ok(last?.type === "run_paused", `The run does not wait: its last event is ${JSON.stringify(last)}`);
  const approvals = events.flatMap((event) => event.type === "approval_required" ? event.approvals : [])
    .filter(({ tool_call_id }) => last.open.includes(tool_call_id));
  return { run_id: last.run_id, events, approvals };
}
