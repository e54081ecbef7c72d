// What a user may use up, for a client that tells them before they are refused.
import type { Hono } from "hono";
import { methodNotAllowed } from "../../../shared/http/app.ts";
import { NoQuery, parseQuery } from "../../../shared/http/parse.ts";
import type { Serving } from "./serving.ts";

export function addLimitRoutes(app: Hono, { authenticate, forCaller }: Serving): void {
  app.get("/limits", async (context) => {
    const { limits } = forCaller(await authenticate(context.req.raw));
    parseQuery(context.req.query(), NoQuery);
    return context.json(await limits());
  });

  app.all("/limits", methodNotAllowed("GET"));
}
