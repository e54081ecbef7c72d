// A step as its worker gets it, for tests of the agents alone: just claimed, unless a test says otherwise.
import type { ClaimedStep } from "../../../shared/agents/store/records.ts";
import { PlanStep } from "../../../shared/contracts/plan.ts";
import { granted } from "../ports/meter_port.ts";
import { planArguments } from "./plans.ts";

export function claimedStep(change: Partial<ClaimedStep> = {}): ClaimedStep {
  const id = crypto.randomUUID();
  return {
    reserved: granted({ tool_calls: 5 }),
    execution_id: id,
    generation: 1,
    attempt: 1,
    run_id: id,
    session_id: id,
    agent_id: id,
    planner_agent_id: id,
    thread_id: id,
    step: PlanStep.parse(planArguments([{ step_number: 1, tools: ["look"] }]).steps[0]),
    goal: "Find it",
    user_message: "Where is it?",
    time_zone: "UTC",
    earlier_results: [],
    usage: null,
    tool_calls_made: 0,
    messages: [],
    tool_calls: [],
    open_calls: [],
    guarded_reads: [],
    ...change,
  };
}
