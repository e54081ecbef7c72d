// What is tried once a run waits for its user, or has ended: by the person, and by whoever is none.
import type { Sql } from "postgres";
import { z } from "zod";
import { agentToken } from "../support/stack/signed_token.ts";
import { profiledFetch } from "../support/stack/profiled_fetch.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { type Names, withIds } from "./desk.ts";

const Who = z.enum([
  "person",
  /** The client of the functions. */
  "agent",
  /** A client that names the call which waits; one that names a call that was made. */
  "tool",
  "ended_tool",
  /** A tool's client with a call of another user's. */
  "strange_tool",
  /** The token of an OAuth client, without any header. */
  "agent_token",
  "another_user",
  "nobody",
]);

const What = z.enum([
  ...["approve", "approve_edited", "decline", "cancel"] as const,
  ...["decide", "decide_other_arguments", "decide_other_effects", "add_decision", "date_decision"] as const,
  ...["set_approved", "set_arguments", "add_rule", "set_default", "drop_floor", "set_footprint"] as const,
  ...[
    "set_mode",
    "trust",
    "untaint",
    "undo",
    "cancel_dentist",
    "cancel_other",
    "add_note",
    "edit_dentist",
    "edit_banner",
  ] as const,
]);

/** One attempt, and the status that it has to be answered with. */
export const Attempt = z.strictObject({ by: Who, do: What, status: z.int() });
export type Attempt = z.infer<typeof Attempt>;

interface Scene {
  sql: Sql;
  user: TestUser;
  run_id: string;
  names: Names;
}

interface Call {
  id: string;
  arguments_sha256: string;
  effects: unknown;
}

const NO_CALL: Call = { id: crypto.randomUUID(), arguments_sha256: "0".repeat(64), effects: null };

/** The status of the answer. */
export async function attempt(scene: Scene, one: Attempt): Promise<number> {
  const { url, publishable_key } = testStack();
  const waiting = await askedCall(scene);
  const { method, path, body } = requestOf(one.do, scene, waiting);
  const answer = await profiledFetch(`${url}/${path}`, {
    method,
    headers: {
      ...{ apikey: publishable_key, "content-type": "application/json" },
      ...await headersOf(one.by, scene, waiting),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  await answer.text();
  return answer.status;
}

/** The first call of the user's that waits, or else the last one that has waited. */
async function askedCall({ sql, user }: Scene): Promise<Call> {
  const [call] = await sql<Call[]>`select id, arguments_sha256, effects from public.agent_tool_calls
    where user_id = ${user.id} and expires_at is not null
    order by status = 'awaiting_approval' desc, created_at desc, id limit 1`;
  return call ?? NO_CALL;
}

async function madeCall({ sql, user }: Scene): Promise<Call> {
  const [call] = await sql<Call[]>`select id, arguments_sha256, effects from public.agent_tool_calls
    where user_id = ${user.id} and status = 'succeeded' and access = 'write' limit 1`;
  return call ?? NO_CALL;
}

async function headersOf(
  by: Attempt["by"],
  scene: Scene,
  waiting: Call,
): Promise<Record<string, string>> {
  const { token } = scene.user;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const calling = (id: string) => ({
    "x-agent": "1",
    "x-tool-call-id": id,
    "x-tool-attempt": crypto.randomUUID(),
  });
  switch (by) {
    case "person":
      return bearer(token);
    case "agent":
      return { ...bearer(token), "x-agent": "1" };
    case "tool":
      return { ...bearer(token), ...calling(waiting.id) };
    case "ended_tool":
      return { ...bearer(token), ...calling((await madeCall(scene)).id) };
    case "strange_tool":
      return { ...bearer((await newUser()).token), ...calling(waiting.id) };
    case "agent_token":
      return bearer(agentToken(token));
    case "another_user":
      return bearer((await newUser()).token);
    case "nobody":
      return {};
  }
}

interface Sent {
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
}

const EVERY = "user_id=not.is.null";

function requestOf(what: Attempt["do"], { run_id, names }: Scene, call: Call): Sent {
  const run = `functions/v1/agent-planner/runs/${run_id}`;
  const decision = { tool_call_id: call.id, approved: true, arguments_sha256: call.arguments_sha256 };
  const decide = (changes: object): Sent => ({
    ...{ method: "POST", path: "rest/v1/rpc/decide_tool_calls" },
    body: { p_run_id: run_id, p_decisions: [{ ...decision, ...changes }] },
  });
  const add = (fields: object): Sent => ({
    ...{ method: "POST", path: "rest/v1/approval_decisions" },
    body: {
      call_id: call.id,
      approved: true,
      shown_sha256: call.arguments_sha256,
      effects: call.effects,
      ...fields,
    },
  });
  const patch = (path: string, body: object): Sent => ({ method: "PATCH", path: `rest/v1/${path}`, body });
  const post = (path: string, body: object): Sent => ({ method: "POST", path: `rest/v1/${path}`, body });
  const remove = (path: string): Sent => ({ method: "DELETE", path: `rest/v1/${path}` });
  const event = (name: string) => `calendar_events?id=eq.${withIds(name, names)}`;
  switch (what) {
    case "approve":
      return { method: "POST", path: `${run}/decisions`, body: { decisions: [decision] } };
    case "approve_edited":
      return {
        ...{ method: "POST", path: `${run}/decisions` },
        body: { decisions: [{ ...decision, arguments: { event_id: withIds("$pitch", names) } }] },
      };
    case "decline":
      return {
        method: "POST",
        path: `${run}/decisions`,
        body: { decisions: [{ ...decision, approved: false }] },
      };
    case "cancel":
      return { method: "POST", path: `${run}/cancel` };
    case "decide":
      return decide({});
    case "decide_other_arguments":
      return decide({ arguments_sha256: "f".repeat(64) });
    case "decide_other_effects":
      return decide({ effects: [] });
    case "add_decision":
      return add({});
    case "date_decision":
      return add({ decided_at: "2020-01-01T00:00:00Z" });
    case "set_approved":
      return patch(`agent_tool_calls?id=eq.${call.id}`, { status: "approved" });
    case "set_arguments":
      return patch(`agent_tool_calls?id=eq.${call.id}`, { arguments: {} });
    case "add_rule":
      return post("tool_rules", { tool_name: "delete_calendar_event", policy: "allow" });
    case "set_default":
      return patch("tool_defaults?tool_name=eq.delete_calendar_event", { policy: "allow" });
    case "drop_floor":
      return remove("tool_floors?tool_name=eq.update_project");
    case "set_footprint":
      return post("tool_footprints", { tool_name: "create_note", table_name: "public.tasks", op: "UPDATE" });
    case "set_mode":
      return patch("agent_settings?only_row=eq.true", { require_agent_token: false });
    case "trust":
      return remove(`external_rows?${EVERY}`);
    case "untaint":
      return remove(`run_taints?${EVERY}`);
    case "undo":
      return post("rpc/undo_run", { p_run_id: run_id });
    case "cancel_dentist":
      return patch(event("$dentist"), { status: "cancelled" });
    case "cancel_other":
      return patch(event("$pitch"), { status: "cancelled" });
    case "add_note":
      return post("notes", { title: "A note", content: "It is one." });
    case "edit_banner":
      return patch(`tasks?id=eq.${withIds("$banner", names)}`, { title: "Order the large banner" });
    case "edit_dentist":
      return patch(event("$dentist"), { title: "Dentist, with X-rays", starts_at: "2030-03-05T10:30:00Z" });
  }
}
