// A way to the planner's next invocation that may break. It has no error of its own: whatever is thrown means that
// nobody may have heard.
import type { Successor } from "../../../shared/agents/ports.ts";
import type { Pass } from "./fault_point.ts";

/** The points are `handover:before` and `handover:after`. */
export function faultyHandOver(handOver: Successor, pass: Pass): Successor {
  return async (run_id) => {
    await pass("handover:before");
    await handOver(run_id);
    await pass("handover:after");
  };
}
