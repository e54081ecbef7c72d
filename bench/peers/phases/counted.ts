// What a turn costs the database: statements, and CPU of the server's processes.
import { setTimeout } from "node:timers/promises";
import { cpuBetween, readCpu } from "../measure/processes.ts";
import type { ScriptedModel } from "../measure/scripted_model.ts";
import type { SharedServer } from "../measure/server.ts";
import { readStatements } from "../measure/statements.ts";
import { type Kind, KINDS } from "../model/job.ts";
import type { Counted } from "../report/results.ts";
import { type Running, turnOf } from "../running.ts";
import { byKind } from "./latency.ts";

/** For what is written when the last stream has ended, signs of life among it. */
const REST_MS = 700;

/** Each system's figures, by its name, over so many turns of a kind. */
export async function countDatabase(
  systems: readonly Running[],
  { model, server }: { model: ScriptedModel; server: SharedServer },
  turns: number,
): Promise<Map<string, Record<Kind, Counted>>> {
  const counted = new Map<string, Counted>();
  await model.reset({ first_token_ms: 0, tokens_per_second: 0 });
  for (const kind of KINDS) {
    for (const running of systems) {
      counted.set(`${running.system.name} ${kind}`, await countTurns(running, kind, server, turns));
    }
  }
  return new Map(systems.map(({ system: { name } }) => [
    name,
    byKind(KINDS, (kind) => counted.get(`${name} ${kind}`) ?? { statements: null, postgres_ms: null }),
  ]));
}

async function countTurns(
  running: Running,
  kind: Kind,
  server: SharedServer,
  turns: number,
): Promise<Counted> {
  const statements = () =>
    server.counts_statements ? readStatements(server.sql, running.database) : Promise.resolve(null);
  const before = await statements();
  const cpu_before = readCpu(server.processes());
  for (let turn = 0; turn < turns; turn += 1) await turnOf(running, kind);
  await setTimeout(REST_MS);
  const seconds = postgresSeconds(cpu_before, server);
  const after = await statements();
  return {
    statements: before && after && {
      all: (after.all - before.all) / turns,
      own: (after.own - before.own) / turns,
    },
    postgres_ms: seconds === null ? null : seconds * 1000 / turns,
  };
}

/** CPU of the server since a reading; null where its processes can't be seen. */
export function postgresSeconds(before: ReturnType<typeof readCpu>, server: SharedServer): number | null {
  const { postgres } = cpuBetween(before, readCpu(server.processes()), () => "postgres");
  return postgres ?? null;
}
