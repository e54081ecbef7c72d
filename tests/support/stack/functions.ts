// Another pair of functions on the test stack's database, with settings of their own: a model that can't be
// reached, a shorter deadline, another Deno. Their gateway leads to the same auth and REST.
import { startFunctions } from "../../../dev/functions.ts";
import { startGateway, type Upstreams } from "../../../dev/gateway.ts";
import { MODEL_ID } from "../../../dev/model/reply.ts";
import { startGuard } from "../../../dev/process/guard.ts";
import { testStack } from "./stack.ts";

export interface OtherFunctions extends AsyncDisposable {
  /** Their gateway's address, in place of the stack's. */
  url: string;
  /** What the functions wrote, line by line. */
  lines: string[];
}

export interface OtherFunctionsOptions {
  /** What they read: the model (LLM_*), budgets, how long they live. */
  settings: Record<string, string>;
  /** Another way to auth and REST than the stack's own. */
  auth_and_rest?: string;
  /** The path of another Deno. */
  deno?: string;
  /** Another folder with `deno.json`, `shared/` and `supabase/`. */
  root?: URL;
}

/** Starts them; throws when one does not boot. Use with `await using`. */
export async function otherFunctions(options: OtherFunctionsOptions): Promise<OtherFunctions> {
  await using cleanup = new AsyncDisposableStack();
  const { url, publishable_key, parts } = testStack();
  const lines: string[] = [];
  const log = (_source: string, line: string): void => void lines.push(line);
  const guard = startGuard();
  cleanup.defer(guard.close);
  const auth_and_rest = options.auth_and_rest ?? url;
  const upstreams: Upstreams = { auth_and_rest, functions: {}, problems: {} };
  const gateway = startGateway(0, upstreams, log);
  cleanup.defer(gateway.stop);
  const functions = await startFunctions({
    ...(!options.root && { entries: parts.entries }),
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

/** Starts them on the test's own demo model, with settings besides: budgets, a lease, a deadline. */
export function functionsWith(
  settings: Record<string, string>,
  options: Pick<OtherFunctionsOptions, "auth_and_rest"> = {},
): Promise<OtherFunctions> {
  return otherFunctions({
    ...options,
    settings: {
      LLM_BASE_URL: testStack().model_url,
      LLM_API_KEY: "demo",
      LLM_BALANCED_MODELS: MODEL_ID,
      LLM_SPEED_MODELS: MODEL_ID,
      // A failure that one test scripts must not close the model to the next.
      LLM_BREAKER_FAILURES: "1000",
      ...settings,
    },
  });
}
