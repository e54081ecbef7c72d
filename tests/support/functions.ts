// Another pair of functions on the test stack's database, with settings of their own: a model that can't be
// reached, a shorter deadline, another Deno. Their gateway leads to the same auth and REST.
import { startFunctions } from "../../dev/functions.ts";
import { startGateway, type Upstreams } from "../../dev/gateway.ts";
import { startGuard } from "../../dev/process/guard.ts";
import { testStack } from "./stack.ts";

export interface OtherFunctions extends AsyncDisposable {
  /** Their gateway's address, in place of the stack's. */
  url: string;
  /** What the functions wrote, line by line. */
  lines: string[];
}

export interface OtherFunctionsOptions {
  /** The LLM_* variables. */
  model_env: Record<string, string>;
  /** The path of another Deno. */
  deno?: string;
  /** Another folder with `deno.json`, `shared/` and `supabase/`. */
  root?: URL;
}

/** Starts them; throws when one does not boot. Use with `await using`. */
export async function otherFunctions(options: OtherFunctionsOptions): Promise<OtherFunctions> {
  await using cleanup = new AsyncDisposableStack();
  const { url, publishable_key } = testStack();
  const lines: string[] = [];
  const log = (_source: string, line: string): void => void lines.push(line);
  const guard = startGuard();
  cleanup.defer(guard.close);
  const upstreams: Upstreams = { auth_and_rest: url, functions: {}, problems: {} };
  const gateway = startGateway(0, upstreams, log);
  cleanup.defer(gateway.stop);
  const functions = await startFunctions({
    ...options,
    supabase_url: gateway.url,
    publishable_key,
    restart: "never",
    guard,
    log,
  });
  cleanup.defer(functions.stop);
  const [problem] = Object.values(functions.problems);
  if (problem !== undefined) throw new Error(problem);
  upstreams.functions = functions.addresses;
  const running = cleanup.move();
  return { url: gateway.url, lines, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
