// Toolboxes whose tools may break their promise. `dispatch` never throws, so what `pass` throws is a bug in a
// tool, and it is thrown as it is: a run has to end after that, too.
import type { ToolSource } from "../../../shared/agents/ports.ts";
import type { Pass } from "./fault_point.ts";

/** The points are `tool.<name>:before` and `tool.<name>:after`. */
export function faultyTools(source: ToolSource, pass: Pass): ToolSource {
  return {
    catalogue: source.catalogue,
    open(options) {
      const toolbox = source.open(options);
      return {
        offered: toolbox.offered,
        async dispatch(call) {
          await pass(`tool.${call.name}:before`);
          const result = await toolbox.dispatch(call);
          await pass(`tool.${call.name}:after`);
          return result;
        },
      };
    },
  };
}
