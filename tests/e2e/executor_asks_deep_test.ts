// An executor that asks, and a process that dies over it: those deaths that executor_asks_test.ts leaves out.
import { type Hurt, testHurt } from "./asking_executor.ts";

const HURT: Record<string, Hurt> = {
  "that dies before its call is proposed": ["agent-executor", "store.recordStep:before", "kill"],
  "that dies before it has let its step go": ["agent-executor", "store.releaseStep:before", "kill"],
  "whose planner dies before the run is parked": ["agent-planner", "store.parkRun:before", "kill"],
  "whose planner dies when the run was parked": ["agent-planner", "store.parkRun:after", "kill"],
};
for (const [who, hurt] of Object.entries(HURT)) testHurt(who, hurt);
