// What a person decides on the calls that wait for them, with a client that no agent has.
import { z } from "zod";
import { OpenApproval } from "../contracts/approval.ts";
import type { PersonDecision } from "../contracts/decision_request.ts";
import { AgentError } from "../contracts/errors.ts";
import { storableJson } from "../contracts/storable_json.ts";
import { inStoredOrder, type Json } from "../contracts/text.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { type Patience, patiently } from "./patiently.ts";

export interface Decisions {
  /**
   * Decides some of a run's open calls, or all: all of the decisions count, or none; the same ones again count once.
   * Gives the calls that wait still. Errors: `not_found`; `conflict` where one was decided otherwise, is not open any
   * more, or is not what the person was shown.
   */
  decide(run_id: string, decisions: readonly PersonDecision[]): Promise<{ open: string[] }>;
  /** All that waits for the person, over all sessions, oldest first. */
  open(): Promise<OpenApproval[]>;
}

const Left = z.object({ open: z.array(z.uuid()) });
const Stored = z.array(z.object({
  call_id: z.uuid(),
  approved: z.boolean(),
  shown_sha256: z.string(),
  reason: z.string().nullable(),
  scope: z.string(),
  edited: z.json(),
  effects: z.json(),
  /** As its arguments are by then. */
  call: z.object({ arguments: z.json() }),
}));

/** `db` acts for the person. While the database can't be reached, each is tried again for as long as a lease. */
export function createDecisions(
  db: EngineClient,
  patience: Patience,
): Decisions {
  const trying = <T>(work: () => Promise<T>) => patiently(work, patience);

  async function decideOnce(run_id: string, decisions: readonly PersonDecision[]) {
    const { data, error, status } = await db.rpc("decide_tool_calls", {
      p_run_id: run_id,
      p_decisions: storableJson(decisions),
    });
    if (error) throw databaseError(error, status);
    return Left.parse(data);
  }

  /** Whether the database has these very decisions. */
  async function areStored(decisions: readonly PersonDecision[]): Promise<boolean> {
    const { data, error, status } = await db.from("approval_decisions")
      .select(
        "call_id, approved, shown_sha256, reason, scope, edited, effects, call:agent_tool_calls (arguments)",
      )
      .in("call_id", decisions.map(({ tool_call_id }) => tool_call_id));
    if (error) throw databaseError(error, status);
    const stored = Stored.parse(data);
    return decisions.every((one) => stored.some((row) => isSame(one, row)));
  }

  return {
    decide: (run_id, decisions) =>
      trying(() => decideOnce(run_id, decisions)).catch(async (error) => {
        // Refused, because it was carried out when its answer was lost, here or on the way to whoever asks again.
        const refused = error instanceof AgentError && error.kind === "conflict";
        if (!refused || !await trying(() => areStored(decisions))) throw error;
        return await trying(() => decideOnce(run_id, []));
      }),
    open: () =>
      trying(async () => {
        const { data, error, status } = await db.rpc("open_approvals");
        if (error) throw databaseError(error, status);
        return z.array(OpenApproval).parse(data);
      }),
  };
}

function isSame(one: PersonDecision, row: z.infer<typeof Stored>[number]): boolean {
  const asked = [one.approved, one.arguments_sha256, one.reason ?? null, one.scope ?? "once"];
  const stored = [row.approved, row.shown_sha256, row.reason, row.scope];
  // An edit that changes nothing is stored as none.
  const as_asked = one.arguments === undefined
    ? row.edited === null
    : text(one.arguments) === text(row.call.arguments);
  // Those of an edit are found out anew each time.
  const as_shown = one.effects === undefined || one.arguments !== undefined ||
    text(storableJson(one.effects)) === text(row.effects);
  return one.tool_call_id === row.call_id && text(asked) === text(stored) && as_asked && as_shown;
}

/** However objects are ordered. */
function text(value: Json): string {
  return JSON.stringify(inStoredOrder(value));
}
