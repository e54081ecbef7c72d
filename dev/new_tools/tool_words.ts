// What the tools of a plan say of themselves: every prompt pays for it.
import type { ToolPlan } from "./tool_plan.ts";

export function toolDescriptions({ names: { noun, nouns }, list, writes }: ToolPlan) {
  const clears = writes.update?.arguments.some(({ clearable }) => clearable) ?? false;
  return {
    list: `${list.search === null ? "List" : "Find"} ${nouns}`,
    get: `One ${noun} whole`,
    create: `Create ${article(noun)} ${noun}`,
    update: `Change fields of ${article(noun)} ${noun}${clears ? "; null clears" : ""}`,
  };
}

function article(noun: string): string {
  return /^([aeio]|u(?!(ni|se|sa|ti)))/.test(noun) ? "an" : "a";
}
