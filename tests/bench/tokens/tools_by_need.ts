// Whether tools by need would pay: a planner that is offered the reading tools and `create_plan`, and opens the writing
// ones with a call. Computed, not built: a prompt begins with its tools, so that a list which changes ends what a host has
// kept of the prompt, and each turn that writes has one more model call.
import { catalogue } from "../../../shared/domain/catalogue.ts";
import type { FigureGroup } from "../report.ts";
import { type Prompt, type PromptMessage, weigh } from "./prompt_size.ts";

const OPEN_TOOLS = {
  type: "function",
  function: {
    name: "open_tools",
    description: "Makes the tools of a group callable: tasks, projects, notes, calendar",
    parameters: { type: "object", properties: { group: { type: "string" } }, required: ["group"] },
  },
};

const said = (role: string, content: string, call?: string): PromptMessage => ({
  ...{ role, content },
  tool_calls: call === undefined ? [] : [{ id: "1", function: { name: call, arguments: '{"title":"x"}' } }],
});
const round = (
  name: string,
): PromptMessage[] => [said("assistant", "", name), said("tool", "Done. ".repeat(20))];

/** Turns that are answered at once, that look something up, and that write, with all tools and by need. */
export function needed({ messages, tools }: Prompt): FigureGroup {
  const writes = new Set(catalogue.flatMap(({ name, access }) => access === "write" ? [name] : []));
  const reads = [
    ...tools.filter((tool) => ![...writes].some((name) => JSON.stringify(tool).includes(`"name":"${name}"`))),
    OPEN_TOOLS,
  ];
  const grown = (rounds: string[], offered: Prompt["tools"]) => ({
    messages: [...messages, ...rounds.flatMap(round)],
    tools: offered,
  });
  // The user's other turns have left the opening with the host: its tools and its system prompt.
  const warm = (offered: Prompt["tools"]) => ({ messages: messages.slice(0, 1), tools: offered });
  const turns = {
    "an answer at once": { all: [[]], need: [[]], opened: Infinity },
    "one look-up": { all: [[], ["list_tasks"]], need: [[], ["list_tasks"]], opened: Infinity },
    "one change": {
      all: [[], ["create_task"]],
      need: [[], ["open_tools"], ["open_tools", "create_task"]],
      opened: 1,
    },
  };
  return {
    title: "Tools by need, computed: a planner's prompts with all tools, and with the reading ones first",
    figures: Object.entries(turns).map(([what, { all, need, opened }]) => {
      const whole = all.map((rounds) => grown(rounds, tools));
      const less = need.map((rounds, i) => grown(rounds, i < opened ? reads : [...tools, OPEN_TOOLS]));
      const [before, after] = [weigh(whole), weigh(less)];
      const priced = (offered: Prompt["tools"], prompts: Prompt[]) =>
        weigh([warm(offered), ...prompts]).priced - weigh([warm(offered)]).priced;
      return {
        what,
        result: `${before.tokens} → ${after.tokens}`,
        aim: "",
        detail: `${before.calls} → ${after.calls} model calls; prefix caches at a tenth: ` +
          `${before.priced} → ${after.priced} cold, ${priced(tools, whole)} → ${priced(reads, less)} warm`,
      };
    }),
  };
}
