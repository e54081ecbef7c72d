// `deno task bench growth`: what a turn costs in an account after years of use, beside what it costs in an empty one.
import type { Stack } from "../../../dev/stack.ts";
import { estimateTextTokens } from "../../../shared/llm/tokens.ts";
import { addTurns, endScript } from "../../support/models/model_script.ts";
import { newPerson } from "../../support/stack/person.ts";
import type { FigureGroup } from "../report.ts";
import { answer, toolCall } from "../scripted.ts";
import { type Counter, startCounter } from "../statement_counter.ts";
import { median } from "../stats.ts";
import { takeTurn } from "../turn.ts";
import { type Account, accountWith, OLD, YOUNG } from "./accounts.ts";
import { conversation } from "./conversation.ts";

const TURNS = 7;
const WARM_UP = 2;
const PACE = { first_token_ms: 0, tokens_per_second: 0 };
const KINDS = {
  "simple turn": [answer("Hello.", PACE)],
  "turn with one tool": [
    toolCall({ name: "list_tasks", arguments: { limit: 10 } }, PACE),
    answer("So it is.", PACE),
  ],
};
type Kind = keyof typeof KINDS;

const FIGURES = {
  statements: "statements that are sent",
  nested: "statements inside of these",
  pages: "pages read",
  ms: "ms of Postgres",
  tokens: "prompt tokens, all calls",
} as const;
type Cost = Record<keyof typeof FIGURES, number>;

/** Accounts take turns, so that all of them meet the same machine. */
export async function growth(stack: Stack): Promise<FigureGroup[]> {
  const accounts = {
    empty: { person: await newPerson(stack), session_id: undefined },
    young: await accountWith(stack, YOUNG),
    old: await accountWith(stack, OLD),
  };
  const groups: FigureGroup[] = [];
  {
    await using counter = await startCounter(stack);
    for (const kind of ["simple turn", "turn with one tool"] as const) {
      const costs: Record<keyof typeof accounts, Cost[]> = { empty: [], young: [], old: [] };
      for (let i = -WARM_UP; i < TURNS; i += 1) {
        for (const name of ["empty", "young", "old"] as const) {
          const cost = await costOf(stack, counter, accounts[name], kind);
          if (i >= 0) costs[name].push(cost);
        }
      }
      groups.push(grown(kind, costs));
    }
  }
  return [...groups, await conversation(stack)];
}

async function costOf(
  stack: Stack,
  counter: Counter,
  { person, session_id }: Account,
  kind: Kind,
): Promise<Cost> {
  await addTurns(stack.model.url, person.pseudonym, KINDS[kind]);
  await counter.reset();
  await takeTurn(stack, person, "What comes next?", session_id);
  const { own, auth, frame, nested, pages, ms } = await counter.read();
  const requests = await endScript(stack.model.url, person.pseudonym);
  const tokens = requests.reduce(
    (sum, { messages, tools }) =>
      sum + estimateTextTokens(JSON.stringify(messages)) + estimateTextTokens(JSON.stringify(tools ?? [])),
    0,
  );
  return { statements: own + auth + frame, nested, pages, ms, tokens };
}

function grown(kind: Kind, { empty, young, old }: Record<"empty" | "young" | "old", Cost[]>): FigureGroup {
  const rows = ["statements", "nested", "pages", "ms", "tokens"] as const;
  return {
    title:
      `Growth: a ${kind} after 10,000 calls of today, 20,000 tasks, 5,000 notes, 2,000 runs, 300 turns, ` +
      "51,000 events",
    figures: rows.map((figure) => {
      const of = (costs: Cost[]) => median(costs.map((cost) => cost[figure]));
      const told = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 1 });
      const more = (costs: Cost[]) => {
        const percent = Math.round(100 * (of(costs) / of(empty) - 1));
        return `${percent < 0 ? "-" : "+"}${Math.abs(percent)} %`;
      };
      return {
        what: FIGURES[figure],
        result: told(of(old)),
        aim: `within 10 % of ${told(of(empty))}`,
        detail: `${more(old)} beside an empty account; after 20 turns, with 200 tasks: ${told(of(young))} ` +
          `(${more(young)}), n=${old.length}`,
      };
    }),
  };
}
