// Functions of their own on the stack's database, whose model is a host of tokens.
import { startFunctions } from "../../dev/functions.ts";
import { startGateway, type Upstreams } from "../../dev/gateway.ts";
import { startGuard } from "../../dev/process/guard.ts";
import type { Stack } from "../../dev/stack.ts";
import { startTokenHost, type TokenHost } from "./token_host.ts";
import type { Endpoint } from "./turn.ts";

export interface TokenFunctions extends AsyncDisposable {
  endpoint: Endpoint;
  host: TokenHost;
}

/** Use with `await using`. */
export async function startTokenFunctions({ url, publishable_key }: Stack): Promise<TokenFunctions> {
  await using cleanup = new AsyncDisposableStack();
  const host = startTokenHost();
  cleanup.defer(host.stop);
  const guard = startGuard();
  cleanup.defer(guard.close);
  const log = () => {};
  const upstreams: Upstreams = { auth_and_rest: url, functions: {}, problems: {} };
  const gateway = startGateway(0, upstreams, log);
  cleanup.defer(gateway.stop);
  const functions = await startFunctions({
    supabase_url: gateway.url,
    publishable_key,
    settings: {
      LLM_BASE_URL: host.url,
      LLM_API_KEY: "none",
      LLM_BALANCED_MODELS: "tokens",
      LLM_SPEED_MODELS: "tokens",
    },
    restart: "never",
    guard,
    log,
  });
  cleanup.defer(functions.stop);
  upstreams.functions = functions.addresses;
  const running = cleanup.move();
  return {
    endpoint: { url: gateway.url, publishable_key },
    host,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
