// How many SQL statements a turn takes, persistence included, as the database itself counts them.
import { createClient } from "@supabase/supabase-js";
import type { Database } from "../../shared/domain/database.types.ts";
import type { Stack } from "../../dev/stack.ts";
import { addTurns, endScript } from "../support/models/model_script.ts";
import { newPerson } from "../support/stack/person.ts";
import type { Figure, FigureGroup } from "./report.ts";
import { answer, planTurns, type Step, toolCall } from "./scripted.ts";
import { median } from "./stats.ts";
import { startCounter, type Statements } from "./statement_counter.ts";
import { takeTurn } from "./turn.ts";

const TURNS = 5;
const PACE = { first_token_ms: 0, tokens_per_second: 0 };
const LIST_TASKS = { name: "list_tasks", arguments: { limit: 10 } };

/** What frameworks that checkpoint every step take. */
const FRAMEWORKS = { simple: 25, tool: 48, complex: 320 };
const WHAT = {
  simple: "simple, 1 model call",
  tool: "1 tool call, 2 model calls",
  complex: "3 executor steps, 1 own, 4 tool calls, 10 model calls",
};

export async function statements(stack: Stack): Promise<FigureGroup> {
  const person = await newPerson(stack);
  const workspace = createClient<Database>(stack.url, stack.publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: { Authorization: `Bearer ${person.token}` } },
  });
  const { data, error } = await workspace.from("projects")
    .insert({ user_id: person.id, name: "Bench", slug: "bench" }).select("id").single();
  if (error) throw error;
  const look = (step_number: number): Step => ({ step_number, tools: ["list_tasks"], call: LIST_TASKS });
  const write: Step = {
    step_number: 4,
    writer: true,
    tools: ["create_task"],
    depends_on: [1, 2, 3],
    call: { name: "create_task", arguments: { project_id: data.id, title: "Written by the benchmark" } },
  };
  const kinds = {
    simple: [answer("Hello.", PACE)],
    tool: [toolCall(LIST_TASKS, PACE), answer("There are no tasks.", PACE)],
    complex: planTurns([look(1), look(2), look(3), write], "Done.", PACE),
  };

  await using counter = await startCounter(stack);
  const figures = [];
  for (const kind of ["simple", "tool", "complex"] as const) {
    const turn = async () => {
      await addTurns(stack.model.url, person.pseudonym, kinds[kind]);
      await takeTurn(stack, person, "Do it.");
      await endScript(stack.model.url, person.pseudonym);
    };
    await turn();
    const counts: Statements[] = [];
    for (let i = 0; i < TURNS; i += 1) {
      await counter.reset();
      await turn();
      counts.push(await counter.read());
    }
    figures.push(...rows(kind, counts));
  }
  return { title: "SQL statements of a turn, persistence included", figures };
}

function rows(kind: keyof typeof FRAMEWORKS, counts: Statements[]): Figure[] {
  const of = (count: (statements: Statements) => number) => Math.round(median(counts.map(count)));
  const own = of((count) => count.own);
  const all = counts.map(({ own, auth, frame }) => own + auth + frame);
  const aim = `below ${FRAMEWORKS[kind]}`;
  return [{
    what: `${WHAT[kind]}: all that are sent`,
    result: String(Math.round(median(all))),
    aim,
    detail: `${
      of((count) => count.auth)
    } look up the token's user, ${of((count) => count.frame)} are begin, ` +
      `commit and settings; ${Math.min(...all)} to ${Math.max(...all)}, n=${all.length}`,
  }, {
    what: `${WHAT[kind]}: the functions' own`,
    result: String(own),
    aim,
    detail: `which run ${
      of((count) => count.nested)
    } more inside of the database (function bodies, foreign keys)`,
  }];
}
