// A run as its owner gets it, for tests of the agents alone: just begun, unless a test says otherwise.
import type { OwnedRun } from "../../../shared/agents/store/records.ts";
import { granted } from "../ports/meter_port.ts";

export const RUN_ID = "00000000-0000-4000-9000-000000000001";
export const AGENT_ID = "00000000-0000-4000-9000-000000000002";
export const THREAD_ID = "00000000-0000-4000-9000-000000000003";

export function ownedRun(change: Partial<OwnedRun> = {}): OwnedRun {
  const session_id = "00000000-0000-4000-9000-000000000004";
  const at = "2026-11-22T12:00:00.000Z";
  return {
    reserved: granted({ tool_calls: 5 }),
    run_id: RUN_ID,
    generation: 1,
    session_id,
    agent_id: AGENT_ID,
    thread_id: THREAD_ID,
    message: "Hello",
    time_zone: "UTC",
    worked_ms: 0,
    cancel_requested: false,
    usage: null,
    opening: { history: [], overview: {}, entity: null, shown_rows: [], summary: null, history_cut: false },
    history: [],
    summary_due: null,
    messages: [],
    tool_calls: [],
    open_calls: [],
    guarded_reads: [],
    events: [{
      seq: 1,
      run_id: RUN_ID,
      type: "session",
      at,
      agent: { id: AGENT_ID, type: "planner" },
      session_id,
      user_message_id: "00000000-0000-4000-9000-000000000005",
    }],
    last_seq: 1,
    last_text: null,
    plans: [],
    steps: [],
    ...change,
  };
}
