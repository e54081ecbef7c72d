// The pairs that have waited for each other for ever, or let a stale owner pass, before there was one order.
import assert from "node:assert/strict";
import { type Gate, meet, type Name } from "./lock_pairs.ts";
import { testRace } from "./race.ts";

/** At which lock, who comes first, who second, and what each is told. */
const MET: Record<string, [Gate, Name, Name, string[]]> = {
  "an executor stores what it did, and the run ends": ["step", "advance_step", "finish_run", ["ok", "ok"]],
  "the run ends, and an executor stores what it did": [
    "step",
    "finish_run",
    "advance_step",
    ["ok", "PT412 lease_lost"],
  ],
  "a call is reserved, and the session's next run supersedes this one": [
    "ledger",
    "reserve_usage",
    "start_run",
    ["ok", "ok"],
  ],
  "the session's next run supersedes this one, and a call is reserved": [
    "ledger",
    "start_run",
    "reserve_usage",
    ["ok", "PT409 run_not_running"],
  ],
  "a step is claimed, and its planner begins the plan": ["plan", "claim_step", "record_progress", [
    "ok",
    "ok",
  ]],
  "a planner begins the plan, and a step is claimed": ["plan", "record_progress", "claim_step", ["ok", "ok"]],
  "a stale planner goes on while the run is taken over": [
    "session",
    "claim_run",
    "record_progress",
    ["PT409 run_has_an_owner", "ok"],
  ],
  "a stale planner comes after the run was taken over": [
    "run",
    "claim_run",
    "advance_step, the planner's",
    ["ok", "PT412 lease_lost"],
  ],
  "a person decides while the run ends": ["call", "decide_tool_calls", "finish_run", ["ok", "ok"]],
  "a person decides by hand after the run has ended": [
    "run",
    "finish_run",
    "a decision by hand",
    ["ok", "PT409 run_not_running"],
  ],
  "a person decides while the run's owner parks it": ["run", "decide_tool_calls", "park_run", ["ok", "ok"]],
  "a run is parked, and superseded": ["session", "park_run", "start_run", ["ok", "ok"]],
  "a person decides, and the session's next run supersedes this one": [
    "call",
    "decide_tool_calls",
    "start_run",
    ["ok", "ok"],
  ],
  "a conversation is deleted while its run ends": ["call", "finish_run", "delete_session", ["ok", "ok"]],
  "a conversation is not deleted before its run has ended": [
    "run",
    "delete_session",
    "finish_run",
    ["PT409 run_unfinished", "ok"],
  ],
  "a planner stores what it did, and ends its own step": [
    "plan",
    "record_progress",
    "finish_step, the planner's",
    ["ok", "ok"],
  ],
  "an executor ends its step, and the run ends": ["step", "finish_step", "finish_run", ["ok", "ok"]],
};

for (const [policy, [gate, first, second, told]] of Object.entries(MET)) {
  testRace(policy, async (race) => {
    assert.deepEqual(await meet(race, gate, first, second), told);
  });
}
