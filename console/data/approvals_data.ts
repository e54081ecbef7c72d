// What the approvals page asks for: what waits, which message led to it, how tools are called, and what became of a call
// that waits no more.
import type { OpenApproval } from "../../client/mod.ts";
import { fields, isText, nullable } from "./guards.ts";
import type { ConsoleData } from "./console_data.ts";
import { isRowId } from "./row_id.ts";

/** A call that waits, as it comes over the wire: enums may have members that this version does not know. */
export type Waiting = Awaited<ReturnType<typeof waitingCalls>>[number];

/** Soonest expiry first; those of one run stand together. */
export async function waitingCalls(data: ConsoleData) {
  const open = await data.ask((client) => client.approvals());
  const soonest = new Map<string, string>();
  for (const { run_id, expires_at } of open) {
    const known = soonest.get(run_id);
    if (known === undefined || expires_at < known) soonest.set(run_id, expires_at);
  }
  const place = (one: { run_id: string }) => `${soonest.get(one.run_id)} ${one.run_id}`;
  return open.toSorted((a, b) => place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0);
}

/** The messages that began these runs, by run. */
export async function runMessages(
  data: ConsoleData,
  run_ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (run_ids.length === 0) return new Map();
  const rows = await data.rows(
    (rest) => rest.from("agent_runs").select("id,message:request->>message").in("id", run_ids),
    fields<{ id: string; message: string | null }>({ id: isText, message: nullable(isText) }),
  );
  return new Map(rows.map(({ id, message }) => [id, message ?? ""]));
}

export interface SettledCall {
  run_id: string;
  tool_name: string;
  status: string;
  error: string | null;
}

/** What became of a call; null where there is none of this user's. */
export async function settledCall(data: ConsoleData, call_id: string): Promise<SettledCall | null> {
  if (!isRowId(call_id)) return null;
  const [row = null] = await data.rows(
    (rest) => rest.from("agent_tool_calls").select("run_id,tool_name,status,error").eq("id", call_id),
    fields<SettledCall>({ run_id: isText, tool_name: isText, status: isText, error: nullable(isText) }),
  );
  return row;
}

/** True where a person would see the same in both. */
export function looksSame(a: OpenLook, b: OpenLook): boolean {
  return a.arguments_sha256 === b.arguments_sha256 && JSON.stringify(a.effects) === JSON.stringify(b.effects);
}

type OpenLook = Pick<OpenApproval, "arguments_sha256"> & { effects: unknown };
