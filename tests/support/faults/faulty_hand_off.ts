// A way to the planner's next invocation that may break. It has no error of its own: whatever is thrown means that
// nobody may have heard.
import type { Successor } from "../../../shared/agents/ports.ts";
import type { Pass } from "./fault_point.ts";

/** The points are `handOff:before` and `handOff:after`. */
export function faultyHandOff(handOff: Successor, pass: Pass): Successor {
  return async (run_id, signal) => {
    await pass("handOff:before");
    await handOff(run_id, signal);
    await pass("handOff:after");
  };
}
