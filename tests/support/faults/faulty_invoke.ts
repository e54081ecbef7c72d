// A way to the executor that may break: before it is called, at its first event, and when its last has come.
import type { StepInvoker } from "../../../shared/agents/ports.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";
import { type Pass, passOr } from "./fault_point.ts";

/** The points are `invoke:before`, `invoke:first_event` and `invoke:after`. */
export function faultyInvoke(invoke: StepInvoker, pass: Pass): StepInvoker {
  return async function* (step, options) {
    await passOr(unreachable, pass, "invoke:before");
    let first = true;
    for await (const event of invoke(step, options)) {
      if (first) await passOr(brokenOff, pass, "invoke:first_event");
      first = false;
      yield event;
    }
    await passOr(brokenOff, pass, "invoke:after");
  };
}

function unreachable(cause: unknown): AgentError {
  return new AgentError("internal", "The executor can't be reached.", { retryable: true, cause });
}

function brokenOff(cause: unknown): AgentError {
  return new AgentError("internal", "The connection to the executor broke.", { retryable: true, cause });
}
