// The SDK for the host of these settings. One serves all requests: to make one takes longer than to send a request.
import OpenAI from "openai";
import type { ModelSettings } from "./config.ts";
import { guardFetch } from "./reading/guarded_fetch.ts";

export function createHostClient(
  { base_url, api_key, timeouts }: ModelSettings,
  fetcher: typeof fetch,
): OpenAI {
  return new OpenAI({
    baseURL: base_url,
    apiKey: api_key,
    // Given, so that the SDK does not take them from the environment and send them to this host.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    fetch: guardFetch(fetcher),
    maxRetries: 0,
    timeout: timeouts.overall_ms,
    logLevel: "off",
  });
}
