// Every route of both functions, as their routers have them: a new one is among them by itself.
import { compose } from "../../../shared/compose.ts";
import { test_domain } from "../domain/test_domain.ts";
import { executorRoutes } from "../../../supabase/functions/agent-executor/routes.ts";
import { plannerRoutes } from "../../../supabase/functions/agent-planner/routes.ts";

export interface Route {
  method: string;
  /** With the function's name, and an id for each parameter. */
  path: string;
  /** What each route takes, where it takes something. */
  body: object | undefined;
}

const ID = "3f0e2a52-7b4e-4f0e-9c55-6a8a6f3f1c11";

/** What passes the parsing of the routes that start something. */
const BODIES: Record<string, object> = {
  "/agent-planner": { message: "Hi" },
  "/agent-executor": { plan_id: ID, step_number: 1 },
};

/** Both functions for a project at this address. */
export function functionsOf(url: string) {
  const composition = compose({ SUPABASE_URL: url, SUPABASE_ANON_KEY: "sb_publishable_test" }, test_domain);
  return [plannerRoutes(composition), executorRoutes(composition)];
}

/** All of them; without those that only say which method a path takes. */
export function everyRoute(apps = functionsOf("http://127.0.0.1")): Route[] {
  return apps.flatMap(({ routes }) => routes)
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({
      method,
      path: path.replaceAll(/:\w+/g, ID),
      body: method === "GET" ? undefined : BODIES[path] ?? {},
    }));
}
