// What one turn of a kind costs a project, at the pace at which models write.
import postgres from "postgres";
import type { Stack } from "../../../dev/stack.ts";
import { addTurns, endScript } from "../../support/models/model_script.ts";
import { newPerson } from "../../support/stack/person.ts";
import { takeTurn } from "../turn.ts";
import type { TurnCost } from "./capacity.ts";
import { type Kind, scriptOf } from "./kinds.ts";
import { cpuByPart } from "./processes.ts";
import { storedNow } from "./stored.ts";
import { busyNow } from "./busy.ts";

/** People who take turns at the same time, so that it does not take too long. */
const PEOPLE = 4;
const WARM_UP = 2;
const ROUNDS: Record<Kind, number> = { simple: 12, tool: 12, complex: 6 };

export async function turnCost(stack: Stack, kind: Kind): Promise<TurnCost> {
  const sql = postgres(stack.database_url, { max: 1, onnotice: () => {} });
  await using _ = { [Symbol.asyncDispose]: () => sql.end() };
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => newPerson(stack)));
  const walls: number[] = [];
  const rounds = async (count: number) => {
    await Promise.all(people.map(async (person) => {
      for (let i = 0; i < count; i += 1) {
        await addTurns(stack.model.url, person.pseudonym, scriptOf(kind));
        walls.push((await takeTurn(stack, person, "Do it.")).end_ms);
        await endScript(stack.model.url, person.pseudonym);
      }
    }));
  };
  await rounds(WARM_UP);
  walls.length = 0;
  const before = { stored: await storedNow(sql), busy: await busyNow(sql), cpu: await cpuByPart() };
  await rounds(ROUNDS[kind]);
  const cpu = await cpuByPart();
  const busy = await busyNow(sql);
  const stored = await storedNow(sql);

  const each = (after: number, earlier: number) => (after - earlier) / walls.length;
  return {
    postgres_ms: each(cpu.Postgres, before.cpu.Postgres),
    functions_ms: each(cpu.planner + cpu.executor, before.cpu.planner + before.cpu.executor),
    rest_ms: each(cpu["auth and REST"], before.cpu["auth and REST"]),
    connection_ms: each(busy.ms, before.busy.ms),
    transactions: each(busy.transactions, before.busy.transactions),
    rows: each(stored.rows, before.stored.rows),
    bytes: each(stored.bytes, before.stored.bytes),
    log_bytes: each(stored.log_bytes, before.stored.log_bytes),
    wall_ms: each(walls.reduce((sum, wall) => sum + wall, 0), 0),
  };
}
