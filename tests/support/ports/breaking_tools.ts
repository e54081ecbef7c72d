// The tools of tool_port, of which `look` breaks off by a fault of ours while `look_long`, which finds much, goes on.
import type { Clock } from "../../../shared/async/clock.ts";
import { pause } from "../../../shared/async/pause.ts";
import { ok } from "../../../shared/contracts/tool_result.ts";
import { toolPort } from "./tool_port.ts";

const FOUND = Array.from({ length: 2_000 }, (_, n) => ({ n, text: "A line of a long read" }));

export function breakingTools(clock: Clock): ReturnType<typeof toolPort> {
  const port = toolPort();
  return {
    ...port,
    open: (options) => ({
      ...port.open(options),
      async dispatch({ name }) {
        if (name === "look") throw new Error("Cannot look: a fault of ours");
        await pause(clock, 100);
        return ok(FOUND, "Here it is.");
      },
    }),
  };
}
