// A pair of functions whose every request to the outside, model included, is written down in order.
import { startFunctions } from "../../dev/functions.ts";
import { startGateway, type Upstreams } from "../../dev/gateway.ts";
import { MODEL_ID } from "../../dev/model/reply.ts";
import { startGuard } from "../../dev/process/guard.ts";
import type { Stack } from "../../dev/stack.ts";
import type { Endpoint } from "./turn.ts";

export interface RecordedFunctions extends AsyncDisposable {
  endpoint: Endpoint;
  /** What the functions have asked for, such as `POST /rest/v1/rpc/start_run`; emptied by its reader. */
  requests: string[];
}

/** Starts them beside the stack's own, on its database and its model. They are slower by one hop. */
export async function startRecordedFunctions(stack: Stack): Promise<RecordedFunctions> {
  await using cleanup = new AsyncDisposableStack();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const upstreams: Upstreams = { auth_and_rest: stack.url, functions: {}, problems: {} };
  const gateway = startGateway(0, upstreams, () => {});
  cleanup.defer(gateway.stop);

  const requests: string[] = [];
  const recorder = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const url = new URL(request.url);
    requests.push(`${request.method} ${url.pathname}`);
    const target = url.pathname.startsWith("/model/")
      ? stack.model.url + url.pathname.slice("/model".length)
      : gateway.url + url.pathname + url.search;
    return fetch(new Request(target, request));
  });
  cleanup.defer(() => recorder.shutdown());
  const recorded_url = `http://127.0.0.1:${recorder.addr.port}`;

  const functions = await startFunctions({
    supabase_url: recorded_url,
    publishable_key: stack.publishable_key,
    settings: {
      LLM_BASE_URL: `${recorded_url}/model`,
      LLM_API_KEY: "demo",
      LLM_BALANCED_MODELS: MODEL_ID,
      LLM_SPEED_MODELS: MODEL_ID,
    },
    restart: "never",
    guard,
    log: () => {},
  });
  cleanup.defer(functions.stop);
  const [problem] = Object.values(functions.problems);
  if (problem !== undefined) throw new Error(problem);
  upstreams.functions = functions.addresses;
  const running = cleanup.move();
  return {
    endpoint: { url: gateway.url, publishable_key: stack.publishable_key },
    requests,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
