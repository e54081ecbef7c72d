// The planner's routes: parse, authenticate, hand over, answer.
import type { Hono } from "hono";
import type { Composition } from "../../../shared/compose.ts";
import { createApp } from "../../../shared/http/app.ts";
import { addLimitRoutes } from "./limit_routes.ts";
import { addNativeRoutes } from "./native_routes.ts";
import { createServing } from "./serving.ts";

export function plannerRoutes(composition: Composition): Hono {
  const app = createApp("agent-planner", composition);
  const serving = createServing(composition);
  addNativeRoutes(app, serving);
  addLimitRoutes(app, serving);
  return app;
}
