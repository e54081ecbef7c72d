// `deno task bench peers`: starts all systems on one Postgres server and one scripted model, takes the same turns
// through each, and makes the report.
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Log } from "../../dev/process/child.ts";
import { startGuard } from "../../dev/process/guard.ts";
import { folderMb, installPackages, NODE_VERSION, nodeProgram, versionsIn } from "./measure/node.ts";
import { startScriptedModel } from "./measure/scripted_model.ts";
import { shareServer } from "./measure/server.ts";
import { KINDS } from "./model/job.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { measureBursts } from "./phases/bursts.ts";
import { countDatabase } from "./phases/counted.ts";
import { inspect, warmUp } from "./phases/inspect.ts";
import { measureLatency } from "./phases/latency.ts";
import { measureLongAnswer } from "./phases/long_answer.ts";
import { writePage } from "./report/page.ts";
import { reportOf } from "./report/report.ts";
import { type Footprint, REAL_KINDS, type Results } from "./report/results.ts";
import { type Running, startSystem, type Surroundings } from "./running.ts";
import { ours, PEERS, SHARED_PACKAGES, type System } from "./systems.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Runs it to its end, and returns the exit code. */
export async function benchPeers(args: readonly string[]): Promise<number> {
  let options: Options | null;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  if (Deno.build.os !== "linux") {
    console.error("What processes cost is read from /proc here, which only Linux has.");
    return 1;
  }
  const log_file = await Deno.makeTempFile({ prefix: "bench-peers-", suffix: ".log" });
  try {
    const results = await measure(options, fileLog(log_file));
    console.log(`\n${reportOf(results)}`);
    if (options.json) await Deno.writeTextFile(options.json, JSON.stringify(results, null, 2) + "\n");
    if (options.writes_page) await writePage(results);
    await Deno.remove(log_file);
    return 0;
  } catch (error) {
    console.error(error);
    console.error(`What the systems wrote is in ${log_file}`);
    return 1;
  }
}

function fileLog(file: string): Log {
  return (source, line) => Deno.writeTextFileSync(file, `[${source}] ${line}\n`, { append: true });
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
}

function systemsFor({ only, checkouts }: Options): System[] {
  const all = [
    ...PEERS,
    ...ours(CHECKOUT, "ours"),
    ...checkouts.flatMap(({ name, folder }) => ours(folder, name)),
  ];
  const unknown = only?.filter((name) => !all.some((system) => system.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(
      `There is no system ${unknown.join(", ")}. They are ${all.map(({ name }) => name).join(", ")}.`,
    );
  }
  // The limit is what the others are compared with.
  return all.filter(({ name, kind }) => only === null || kind === "limit" || only.includes(name));
}

async function measure(options: Options, log: Log): Promise<Results> {
  const wanted = systemsFor(options);
  say("Bringing Node and the packages");
  const node = await nodeProgram();
  for (const folder of [SHARED_PACKAGES, ...wanted.flatMap(({ packages }) => packages?.folder ?? [])]) {
    await installPackages(folder);
  }
  await using cleanup = new AsyncDisposableStack();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const server = cleanup.use(await shareServer(options.database_url, { guard, log }));
  const model = await startScriptedModel(node, { guard, log });
  cleanup.defer(model.stop);
  const systems: Running[] = [];
  for (const system of wanted) {
    const running = await startSystem(system, { server, model, node, guard, log });
    cleanup.defer(running.stop);
    systems.push(running);
    say(`${system.title} runs`);
  }
  return await inPhases(systems, { server, model, node, guard, log }, options);
}

async function inPhases(
  systems: readonly Running[],
  { server, model }: Surroundings,
  { settings, warm_rounds }: Options,
): Promise<Results> {
  const { rounds, real, burst, long } = settings;
  const inspected = new Map<string, Awaited<ReturnType<typeof inspect>>>();
  for (const running of systems) inspected.set(running.system.name, await inspect(running, model));
  await warmUp(systems, model, warm_rounds);
  say("Warm; counting statements and CPU of Postgres");
  const counted = await countDatabase(systems, { model, server }, rounds.counted);
  const fast = await measureLatency(systems, model, {
    kinds: KINDS,
    pace: { first_token_ms: 0, tokens_per_second: 0 },
    rounds: rounds.fast,
    say: (line) => say(`Model of 0 ms: ${line}`),
  });
  const slow = await measureLatency(systems, model, {
    ...{ kinds: REAL_KINDS, pace: real, rounds: rounds.real },
    say: (line) => say(`Real speed: ${line}`),
  });
  const bursts = await measureBursts(systems, { model, server }, {
    ...{ sizes: burst, rounds: rounds.bursts },
    say: (line) => say(`At once: ${line}`),
  });
  say(`An answer of ${long.tokens} tokens`);
  const longs = await measureLongAnswer(systems, model, long);

  const of = <T>(map: Map<string, T>, name: string): T => {
    const found = map.get(name);
    if (found === undefined) throw new Error(`Cannot report on ${name}: a phase has no figures of it`);
    return found;
  };
  return {
    taken: new Date().toISOString().slice(0, 10),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      memory_gb: Math.round(totalmem() / 2 ** 30),
    },
    versions: { node: NODE_VERSION, deno: Deno.version.deno, postgres: server.version },
    settings,
    systems: await Promise.all(systems.map(async (running) => {
      const { name, title, kind, keeps } = running.system;
      return {
        ...{ name, title, kind, keeps, ...of(inspected, name) },
        footprint: await footprintOf(running),
        counted: of(counted, name),
        fast: of(fast, name),
        real: of(slow, name),
        bursts: of(bursts, name),
        long: of(longs, name),
      };
    })),
  };
}

async function footprintOf({ start_ms, idle_mb, system: { packages } }: Running): Promise<Footprint> {
  if (packages === undefined) return { start_ms, idle_mb, node_modules_mb: null, packages: {} };
  return {
    ...{ start_ms, idle_mb },
    node_modules_mb: await folderMb(`${packages.folder}/node_modules`),
    packages: await versionsIn(packages.folder, packages.names),
  };
}
