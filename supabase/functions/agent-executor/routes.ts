// The executor's one route: parse, claim the step under the caller's token, which may ride on that, stream what happens.
import { claimForExecutor, executeStep } from "../../../shared/agents/executor/executor.ts";
import type { Hono } from "hono";
import type { Composition } from "../../../shared/compose.ts";
import type { StepEvent } from "../../../shared/contracts/events.ts";
import { StepRequest } from "../../../shared/contracts/request.ts";
import { createApp, methodNotAllowed } from "../../../shared/http/app.ts";
import { riding } from "../../../shared/http/auth.ts";
import { createChannel } from "../../../shared/http/channel.ts";
import { parseBody } from "../../../shared/http/parse.ts";
import { streamEvents } from "../../../shared/http/sse.ts";

export function executorRoutes(composition: Composition): Hono {
  const { identify, forCaller, background, clock, log } = composition;
  const app = createApp("agent-executor", composition);

  app.post("/", async (context) => {
    const bearer = await identify(context.req.raw);
    const { deps, owned } = await riding(bearer, async () => {
      const step = await parseBody(context.req.raw, StepRequest);
      const deps = forCaller(bearer);
      return { deps, owned: await claimForExecutor(step, deps) };
    });

    const channel = createChannel<StepEvent>();
    const gone = new AbortController();
    background(executeStep(owned, deps, channel.push, gone.signal).finally(channel.close));
    return streamEvents(context, channel, { clock, log, onEnd: () => gone.abort() });
  });

  app.all("/", methodNotAllowed("POST"));

  return app;
}
