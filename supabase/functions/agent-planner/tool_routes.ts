// The tools that the agents have, for whoever shows their calls or asks a person about them.
import type { Hono } from "hono";
import { methodNotAllowed } from "../../../shared/http/app.ts";
import { NoQuery, parseQuery } from "../../../shared/http/parse.ts";
import type { Serving } from "./serving.ts";

export function addToolRoutes(app: Hono, { authenticate, tools }: Serving): void {
  app.get("/tools", async (context) => {
    await authenticate(context.req.raw);
    parseQuery(context.req.query(), NoQuery);
    return context.json({ tools });
  });

  app.all("/tools", methodNotAllowed("GET"));
}
