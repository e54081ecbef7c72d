// `deno task bench overview`: what the default overview costs a run's beginning, on tables of 120,000 rows.
import type { Stack } from "../../dev/stack.ts";
import { type BigTables, costOf, withBigTables } from "../support/subjects/big_tables.ts";
import type { Figure, FigureGroup } from "./report.ts";
import { median } from "./stats.ts";

const ROWS = 120_000;
const TIMES = 7;
const KINDS = ["customer", "deal", "activity", "ticket", "deal_of_customer", "team"];

export async function overviewCost(stack: Stack): Promise<FigureGroup> {
  return await withBigTables(stack.admin_url, ROWS, async (tables) => {
    const [entity] = await tables.sql`select id::text from deals where user_id = ${tables.user_id} limit 1`;
    const figures = [
      await figure(tables, "all six kinds", "select public.agent_overview('UTC')", "10 ms"),
      ...await inTurn(
        KINDS,
        (name) =>
          figure(
            tables,
            name,
            `select private.subject_overview(s) from public.agent_subjects s where name = '${name}'`,
          ),
      ),
      await figure(tables, "one entity", `select public.agent_entity('deal', '${entity?.id}')`, "2 ms"),
    ];
    return { title: `Overview of a run, ${ROWS} rows in a table`, figures };
  });
}

async function figure(tables: BigTables, what: string, statement: string, aim = ""): Promise<Figure> {
  const costs = await inTurn([...Array(TIMES).keys()], () => costOf(tables, statement));
  const ms = median(costs.map((cost) => cost.ms));
  return {
    what,
    result: `${ms.toFixed(1)} ms`,
    aim,
    detail: `${costs.at(-1)?.pages} pages, median of ${TIMES}`,
  };
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
