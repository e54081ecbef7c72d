// How many tokens of prompts a job takes, by planner and executors, and by one agent that does it all: the standard job
// (4 steps, short texts), once more without its searches, and the big one (8 steps, a text of 2,000 tokens each), with
// what no model has seen.
import type { Stack } from "../../../dev/stack.ts";
import { CREATE_PLAN_NAME } from "../../../shared/contracts/built_in_tools.ts";
import { catalogue } from "../../../shared/domain/catalogue.ts";
import type { Figure, FigureGroup } from "../report.ts";
import { doJob, type DoneJob, type JobSize } from "./job.ts";
import { inTwoRounds, oneAfterTheOther } from "./one_agent.ts";
import { type Prompt, promptOf, tokensIn, weigh, type Weight } from "./prompt_size.ts";
import { needed } from "./tools_by_need.ts";

const JOBS: Record<string, { size: JobSize; aim: string; share: string }> = {
  "standard: 4 steps": { size: { steps: 4, characters: 60 }, aim: "at most 8,000", share: "" },
  "standard, the planner names the ids that it knows": {
    size: { steps: 4, characters: 60, ids: "named" },
    aim: "",
    share: "",
  },
  "big: 8 steps, 2,000 tokens of text each": {
    size: { steps: 8, characters: 8_000 },
    aim: "",
    share: "at most 0.6 of one agent's in two rounds",
  },
};

export async function promptTokens(stack: Stack): Promise<FigureGroup[]> {
  const groups: FigureGroup[] = [];
  let opening: Prompt | undefined;
  for (const [name, { size, aim, share }] of Object.entries(JOBS)) {
    const job = await doJob(stack, size);
    opening ??= openingOf(job);
    groups.push({ title: `Prompt tokens of one job, ${name}`, figures: figures(job, aim || share) });
  }
  if (!opening) throw new Error("No job was done.");
  return [...groups, toolSchemas(opening), needed(opening)];
}

function openingOf({ requests }: DoneJob): Prompt {
  return promptOf(requests[0]);
}

function figures(job: DoneJob, aim: string): Figure[] {
  const opening = openingOf(job);
  const alone = {
    ...opening,
    tools: opening.tools.filter((tool) => !JSON.stringify(tool).includes(`"${CREATE_PLAN_NAME}"`)),
  };
  const prompts = job.requests.map(promptOf);
  const rounds = weigh(inTwoRounds(alone, job.calls));
  const isExecutors = ({ tools }: Prompt) => JSON.stringify(tools).includes('"submit_result"');
  const executors = weigh(prompts.filter(isExecutors));
  const planner = weigh(prompts.filter((prompt) => !isExecutors(prompt)));
  const { characters, results, told } = job.unseen;
  return [
    figure("planner and executors", weigh(prompts), rounds, aim),
    figure("  the planner's", planner, rounds, ""),
    figure("  the executors'", executors, rounds, ""),
    figure("one agent, a call after the other", weigh(oneAfterTheOther(alone, job.calls)), rounds, ""),
    figure("one agent, in two rounds", rounds, rounds, ""),
    {
      what: "tokens of results that no model saw",
      result: number(tokensIn(characters)),
      aim: "0, or told",
      detail: `${results} of ${job.calls.length} results, of ${told} of which the model was told so`,
    },
  ];
}

function figure(what: string, weight: Weight, rounds: Weight, aim: string): Figure {
  const share = (ours: number, theirs: number) => (ours / theirs).toFixed(2);
  return {
    what,
    result: number(weight.tokens),
    aim,
    detail: `${weight.calls} calls, schemas ${number(weight.schemas)}, largest ${number(weight.largest)}; ` +
      `${share(weight.tokens, rounds.tokens)} of one agent's in two rounds; ` +
      `prefix caches at a tenth: ${number(weight.priced)}, ${share(weight.priced, rounds.priced)}`,
  };
}

/** What each tool adds to a planner's prompt. */
function toolSchemas({ tools }: Prompt): FigureGroup {
  const access = new Map(catalogue.map((tool) => [tool.name, tool.access]));
  const sized = tools.map((tool) => {
    const text = JSON.stringify(tool);
    return { name: /"name":"(\w+)"/.exec(text)?.[1] ?? "", tokens: tokensIn(text.length) };
  });
  const total = sized.reduce((sum, { tokens }) => sum + tokens, 0);
  return {
    title: `Tokens of the planner's ${tools.length} tool schemas, ${number(total)} in all`,
    figures: sized.map(({ name, tokens }) => ({
      ...{ what: name, result: number(tokens), aim: "", detail: access.get(name) ?? "the planner's own" },
    })),
  };
}

export function number(value: number): string {
  return value.toLocaleString("en-US");
}
