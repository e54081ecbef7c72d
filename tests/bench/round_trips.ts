// How often the functions go to the database and the auth server, counted at the door of the functions.
import type { Stack } from "../../dev/stack.ts";
import { addTurns, endScript } from "../support/models/model_script.ts";
import { newPerson } from "../support/stack/person.ts";
import { startRecordedFunctions } from "./recorder.ts";
import type { FigureGroup } from "./report.ts";
import { answer, planTurns } from "./scripted.ts";
import { takeTurn } from "./turn.ts";

const PACE = { first_token_ms: 0, tokens_per_second: 0 };

/** Writes of the planner; what else goes to the database in a turn of one step, the executor asks for. */
const PLANNERS = ["start_run", "record_progress", "reserve_usage", "finish_run"];
/** What an executor writes down; the rest of its requests are its tools'. */
const RECORDS = ["claim_step", "advance_step", "finish_step"];
/** Signs of life, of who has written nothing for a second. */
const HEARTBEATS = ["heartbeat_run", "heartbeat_step"];

export async function roundTrips(stack: Stack): Promise<FigureGroup> {
  await using functions = await startRecordedFunctions(stack);
  const person = await newPerson(stack);
  const record = async (turns: Parameters<typeof addTurns>[2]): Promise<string[]> => {
    await addTurns(stack.model.url, person.pseudonym, turns);
    functions.requests.length = 0;
    await takeTurn(functions.endpoint, person, "Hello");
    await endScript(stack.model.url, person.pseudonym);
    return functions.requests.filter((request) => !HEARTBEATS.includes(nameOf(request)));
  };
  const call = { name: "list_tasks", arguments: { limit: 10 } };
  const simple = await record([answer("Hello.", PACE)]);
  const complex = await record(
    planTurns([{ step_number: 1, tools: ["list_tasks"], call }], "Done.", PACE),
  );

  const before = simple.slice(0, simple.findIndex(isModel));
  const of_step = complex.filter((request) => isRest(request) && !PLANNERS.includes(nameOf(request)));
  const records = of_step.filter((request) => RECORDS.includes(nameOf(request)));
  const tools = of_step.filter((request) => !RECORDS.includes(nameOf(request)));
  const auth = complex.filter(isAuth).length - simple.filter(isAuth).length;
  return {
    title: "Round trips of the functions",
    figures: [
      {
        what: "to the database before the first model call",
        result: String(before.filter(isRest).length),
        aim: "1",
        detail: listed(before.filter(isRest)),
      },
      {
        what: "for the token, before it",
        result: String(before.filter(isAuth).length),
        aim: "",
        detail:
          "an HS256 token, as the local auth server signs, rides on the start; asymmetric ones need no request",
      },
      {
        what: "a whole simple turn, token aside",
        result: String(simple.filter(isRest).length),
        aim: "",
        detail: listed(simple.filter(isRest)),
      },
      {
        what: "an executor's step before its first model call",
        result: String(of_step.findIndex((request) => nameOf(request) === "claim_step") + 1),
        aim: "1",
        detail: "claim_step",
      },
      {
        what: "a whole executor's step, token and tools aside",
        result: String(records.length),
        aim: "",
        detail:
          `${listed(records)} (the second while the tool runs); and ${tools.length} for its 1 tool call, ` +
          `${auth} for the token`,
      },
    ],
  };
}

const isModel = (request: string) => request.includes("/model/");
const isAuth = (request: string) => request.includes("/auth/v1/");
const isRest = (request: string) => request.includes("/rest/v1/");

function nameOf(request: string): string {
  return request.split("/").at(-1) ?? "";
}

function listed(requests: string[]): string {
  return requests.map(nameOf).join(", ");
}
