// The deployed functions at work: each from its own upload, behind a gateway that leads to the test stack.
import { DENO_VERSIONS, denoProgram, type DenoVersion, startDeployed } from "./deployed_function.ts";
import type { Deployment } from "./deploy.ts";
import { startGateway, type Upstreams } from "../../../dev/gateway.ts";
import { startGuard } from "../../../dev/process/guard.ts";
import type { OtherFunctions } from "../stack/functions.ts";
import { testStack } from "../stack/stack.ts";

// Fetched before the tests begin, so that no test's patience depends on the line.
await Promise.all(DENO_VERSIONS.map(denoProgram));

/** Starts them; throws when one does not boot. Use with `await using`. */
export async function runDeployed(deployment: Deployment, version: DenoVersion): Promise<OtherFunctions> {
  await using cleanup = new AsyncDisposableStack();
  const { url: auth_and_rest, publishable_key, model_url } = testStack();
  const lines: string[] = [];
  const log = (_source: string, line: string): void => void lines.push(line);
  const guard = startGuard();
  cleanup.defer(guard.close);
  const upstreams: Upstreams = { auth_and_rest, functions: {}, problems: {} };
  const gateway = startGateway(0, upstreams, log);
  cleanup.defer(gateway.stop);
  const env = {
    SUPABASE_URL: gateway.url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishable_key }),
    LLM_BASE_URL: model_url,
    LLM_API_KEY: "none",
    LLM_BALANCED_MODELS: "scripted",
    LLM_SPEED_MODELS: "scripted",
  };
  const deno = await denoProgram(version);
  for (const upload of deployment.uploads) {
    const { url, child } = await startDeployed(upload, { deno, env, guard, log });
    cleanup.defer(child.stop);
    upstreams.functions[upload.slug] = url;
  }
  const running = cleanup.move();
  return { url: gateway.url, lines, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
