// The job whose prompts are weighed: research one project for each step, then answer. Its script is the same whatever the
// prompts say, so that what differs is what was sent.
import { createClient } from "@supabase/supabase-js";
import type { Stack } from "../../../dev/stack.ts";
import type { ScriptedTurnInput } from "../../../dev/model/script.ts";
import type { Database } from "../../../shared/domain/database.types.ts";
import type { JsonObject } from "../../../shared/contracts/text.ts";
import { addTurns, endScript, type ModelRequestBody } from "../../support/models/model_script.ts";
import { newPerson, type Person } from "../../support/stack/person.ts";
import { takeTurn } from "../turn.ts";
import { promptOf } from "./prompt_size.ts";

const TOPICS = ["Billing", "Mobile", "Search", "Onboarding", "Website", "Support", "Hiring", "Audit"];
const TASKS = 10;
const FACTS = " What has to be known: owners, dates, risks.";
/** Sixty tokens of what a step found, and twice as many of an answer. */
const FOUND = "plan task work goal step team date risk open done next soon ".repeat(5).trim();

export interface JobSize {
  steps: number;
  /** Of each project's description. */
  characters: number;
  /** Whether the planner names the projects' ids, which its overview has, or each step searches for its own. */
  ids?: "named";
}

/** A tool call of the job, with all that it brought. */
export interface MadeCall {
  name: string;
  arguments: string;
  result: string;
}

export interface DoneJob {
  requests: ModelRequestBody[];
  calls: MadeCall[];
  /** The characters of results that no model was sent, and of how many results the model was told so. */
  unseen: { characters: number; results: number; told: number };
}

/** Has the job done by the planner and its executors, in a workspace of its own. */
export async function doJob(stack: Stack, { steps, characters, ids }: JobSize): Promise<DoneJob> {
  const person = await newPerson(stack);
  const topics = TOPICS.slice(0, steps);
  const projects = await fillWorkspace(stack, person, topics, characters);
  await addTurns(stack.model.url, person.pseudonym, turnsOf(topics, projects, ids));
  await takeTurn(stack, person, requestOf(topics));
  const requests = await endScript(stack.model.url, person.pseudonym);
  return { requests, ...await broughtBy(person, requests) };
}

const requestOf = (topics: readonly string[]) =>
  `Report the status and risks of ${topics.join(", ")}, and what to do next.`;
const taskOf = (topic: string, id: string | undefined) =>
  id === undefined
    ? `Research the ${topic} project: find it, read its details, report its status and risks.`
    : `Research the ${topic} project (${id}): read its details, report its status and risks.`;

function workspace({ url, publishable_key }: Stack, { token }: Person) {
  return createClient<Database>(url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: { Authorization: `Bearer ${token}` } },
  });
}

async function fillWorkspace(stack: Stack, person: Person, topics: readonly string[], characters: number) {
  const db = workspace(stack, person);
  const { data, error } = await db.from("projects").insert(topics.map((name) => ({
    ...{ user_id: person.id, name, slug: name.toLowerCase() },
    description: `All about ${name}.${FACTS.repeat(Math.ceil(characters / FACTS.length))}`.slice(
      0,
      characters,
    ),
  }))).select("id");
  if (error) throw error;
  const tasks = data.flatMap(({ id }) =>
    Array.from({ length: TASKS }, (_, i) => ({
      ...{ user_id: person.id, project_id: id, title: `Task ${i + 1} of this project` },
      ...{ start_date: `2026-11-${10 + i}` },
    }))
  );
  const filled = await db.from("tasks").insert(tasks);
  if (filled.error) throw filled.error;
  return data.map(({ id }) => id);
}

function turnsOf(
  topics: readonly string[],
  projects: readonly string[],
  ids: JobSize["ids"],
): ScriptedTurnInput[] {
  const tools = ids === "named" ? ["get_project_details"] : ["search_projects", "get_project_details"];
  const works = topics.map((topic, i) => {
    const project_id = projects[i] ?? "";
    return { topic, project_id, task: taskOf(topic, ids === "named" ? project_id : undefined) };
  });
  const steps = works.map(({ topic, task }, i) => ({
    ...{ step_number: i + 1, title: `Research ${topic}`, task },
    ...{ executor_required: true, tools, depends_on: [] },
  }));
  return [
    { when: { tool: "create_plan" }, tool_calls: [call("create_plan", { goal: requestOf(topics), steps })] },
    ...works.flatMap(({ topic, project_id, task }): ScriptedTurnInput[] => {
      const when = { tool: "submit_result", contains: task };
      return [
        ...(ids === "named" ? [] : [{ when, tool_calls: [call("search_projects", { query: topic })] }]),
        { when, tool_calls: [call("get_project_details", { project_id, include_tasks: true })] },
        { when, tool_calls: [call("submit_result", { status: "completed", summary: FOUND })] },
      ];
    }),
    { when: { not_tool: "submit_result" }, text: `${FOUND} ${FOUND}` },
  ];
}

const call = (name: string, args: JsonObject) => ({ name, arguments: args });

/** What the tools brought, by their rows, and what of it stands in no prompt. */
async function broughtBy({ client }: Person, requests: readonly ModelRequestBody[]) {
  const sent = new Set(
    requests.flatMap((request) => promptOf(request).messages.map(({ content }) => content)),
  );
  const { data: made, error } = await client.from("agent_tool_calls")
    .select("tool_call_id, agent_session_id, tool_name, arguments, result").not("access", "is", null)
    .order("created_at");
  if (error) throw error;
  const { data: told, error: unread } = await client.from("agent_chat_messages")
    .select("tool_call_id, agent_session_id, content, cut").eq("kind", "result");
  if (unread) throw unread;
  const calls = made.map((row) => ({
    name: row.tool_name,
    arguments: JSON.stringify(row.arguments),
    result: JSON.stringify(row.result),
  }));
  const unseen = { characters: 0, results: 0, told: 0 };
  for (const row of made) {
    const message = told.find((one) =>
      one.tool_call_id === row.tool_call_id && one.agent_session_id === row.agent_session_id
    );
    const whole = JSON.stringify(row.result).length;
    const seen = message && sent.has(message.content) ? message.content.length : 0;
    if (message && sent.has(message.content) && message.cut === null) continue;
    unseen.characters += Math.max(0, whole - seen);
    unseen.results += 1;
    if (/Call the tool again for less at once|cut to fit/.test(message?.content ?? "")) unseen.told += 1;
  }
  return { calls, unseen };
}
