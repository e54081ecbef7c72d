// How many tokens the first prompts have, tool schemas included, as they came over the wire.
import { estimateTextTokens } from "../../shared/llm/tokens.ts";
import { catalogue } from "../../shared/domain/catalogue.ts";
import type { Stack } from "../../dev/stack.ts";
import { addTurns, endScript, type ModelRequestBody } from "../support/models/model_script.ts";
import { knownPerson } from "../support/stack/person.ts";
import type { FigureGroup } from "./report.ts";
import { planTurns, type Step, taskOf } from "./scripted.ts";
import { takeTurn } from "./turn.ts";

const PACE = { first_token_ms: 0, tokens_per_second: 0 };
const LIST_TASKS = { name: "list_tasks", arguments: { limit: 10 } };

/** Of the seeded workspace: the planner with everything it has, executors with three read tools and with all. */
export async function prompts(stack: Stack): Promise<FigureGroup> {
  const reads = catalogue.filter((tool) => tool.access === "read").map((tool) => tool.name);
  const three = ["search_projects", "get_project_details", "list_tasks"];
  const steps: Step[] = [three, reads].map((tools, i) => ({ step_number: i + 1, tools, call: LIST_TASKS }));
  const person = await knownPerson(stack, stack.demo_user);
  await addTurns(stack.model.url, person.pseudonym, planTurns(steps, "Done.", PACE));
  await takeTurn(stack, person, "Update the Website project and schedule its open tasks");
  const requests = await endScript(stack.model.url, person.pseudonym);
  const of_step = (step_number: number) =>
    requests.find((body) =>
      JSON.stringify(body.tools ?? []).includes('"submit_result"') &&
      JSON.stringify(body.messages).includes(taskOf(step_number))
    );
  return {
    title: "Estimated tokens of first prompts, seeded workspace",
    figures: [
      figure(`planner, all ${catalogue.length} tools and create_plan`, requests[0], 5_000),
      figure("executor, 3 read tools", of_step(1), 1_500),
      figure(`executor, all ${reads.length} read tools`, of_step(2), 1_500),
    ],
  };
}

function figure(what: string, body: ModelRequestBody | undefined, budget: number) {
  if (!body) throw new Error(`The model was not asked: ${what}.`);
  const messages = estimateTextTokens(JSON.stringify(body.messages));
  const tools = estimateTextTokens(JSON.stringify(body.tools ?? []));
  return {
    what,
    result: (messages + tools).toLocaleString("en-US"),
    aim: `at most ${budget.toLocaleString("en-US")}`,
    detail: `messages ${messages.toLocaleString("en-US")}, tool schemas ${tools.toLocaleString("en-US")}`,
  };
}
