// Toolboxes whose tools may break their promise. `dispatch` never throws, so what `pass` throws is a bug in a
// tool, and it is thrown as it is: a run has to end after that, too.
import type { ToolSource } from "../../../shared/agents/ports.ts";
import type { Pass } from "./fault_point.ts";

/** The points are `tool.<name>:before` and `tool.<name>:after`, of a dry run `preview.<name>:before` and so on. */
export function faultyTools(source: ToolSource, pass: Pass): ToolSource {
  return {
    catalogue: source.catalogue,
    edit: (call, time_zone) => source.edit(call, time_zone),
    open(options) {
      const toolbox = source.open(options);
      return {
        offered: toolbox.offered,
        argumentsOf: (call) => toolbox.argumentsOf(call),
        async dispatch(call) {
          await pass(`tool.${call.name}:before`);
          const result = await toolbox.dispatch(call);
          await pass(`tool.${call.name}:after`);
          return result;
        },
        async preview(call) {
          await pass(`preview.${call.name}:before`);
          const preview = await toolbox.preview(call);
          await pass(`preview.${call.name}:after`);
          return preview;
        },
      };
    },
  };
}
