// The two functions behind a gateway of their own, in processes that are started again as soon as they die, and
// a server that each of them asks, at every point of `tests/support/faults`, whether to go on, to throw, or to die.
import { z } from "zod";
import { FUNCTION_NAMES, type FunctionName, startFunction } from "../../../dev/functions.ts";
import { startGateway, type Upstreams } from "../../../dev/gateway.ts";
import type { Log } from "../../../dev/process/child.ts";
import { startGuard } from "../../../dev/process/guard.ts";
import { together } from "../../../dev/process/together.ts";
import { type MortalFunction, startMortalFunction } from "./mortal_function.ts";

/** `kill`: SIGKILL for the process that asked, without an answer. */
export type Verdict = "go_on" | "throw" | "kill";

/** A point that one of the functions passes at work for a user. */
export interface Passing {
  function: FunctionName;
  point: string;
  /** The pseudonym of the user. */
  user: string;
}

export interface MortalFunctionsOptions {
  /** Where auth and REST are. */
  auth_and_rest: string;
  publishable_key: string;
  /** LLM_* and whatever else the functions read. */
  env: Record<string, string>;
  decide(passing: Passing): Verdict;
  log: Log;
}

export interface MortalFunctions extends AsyncDisposable {
  /** The gateway's address. */
  url: string;
}

const ENTRIES: Record<FunctionName, URL> = {
  "agent-planner": new URL("../faults/agent_planner.ts", import.meta.url),
  "agent-executor": new URL("../faults/agent_executor.ts", import.meta.url),
};
const Path = z.tuple([z.enum(FUNCTION_NAMES), z.coerce.number()]);
const Body = z.object({ point: z.string(), user: z.string() });

/** Starts them; throws when one does not boot. Use with `await using`. */
export async function startMortalFunctions(options: MortalFunctionsOptions): Promise<MortalFunctions> {
  const { auth_and_rest, publishable_key, env, decide, log } = options;
  await using cleanup = new AsyncDisposableStack();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const upstreams: Upstreams = { auth_and_rest, functions: {}, problems: {} };
  const gateway = startGateway(0, upstreams, log);
  cleanup.defer(gateway.stop);
  const functions = new Map<FunctionName, MortalFunction>();

  const faults = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const [name, process] = Path.parse(new URL(request.url).pathname.slice(1).split("/"));
    const { point, user } = Body.parse(await request.json());
    const asking = functions.get(name);
    // What a process asked with its last breath counts for nothing.
    if (!asking?.lives(process)) return new Response(null, { status: 410 });
    const verdict = decide({ function: name, point, user });
    if (verdict === "kill") await asking.kill(process);
    return Response.json({ verdict });
  });
  cleanup.defer(() => faults.shutdown());

  async function revive(name: FunctionName): Promise<void> {
    const mortal = await startMortalFunction({
      name,
      start: (process) => {
        const FAULTS_URL = `http://127.0.0.1:${faults.addr.port}/${name}/${process}`;
        const settings = { ...env, FAULTS_URL };
        const supabase_url = gateway.url;
        return startFunction(name, {
          entries: ENTRIES,
          supabase_url,
          publishable_key,
          settings,
          restart: "never",
          guard,
          log,
        });
      },
      onAddress: (address) => void (upstreams.functions[name] = address),
    });
    functions.set(name, mortal);
    cleanup.defer(mortal.stop);
  }
  await together(() => revive("agent-planner"), () => revive("agent-executor"));

  const running = cleanup.move();
  return { url: gateway.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
