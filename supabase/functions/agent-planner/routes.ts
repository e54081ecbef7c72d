// The planner's routes: parse, authenticate, hand over, answer. The engine's own protocol, and two others of the one log.
import type { Hono } from "hono";
import type { Composition } from "../../../shared/compose.ts";
import { createApp } from "../../../shared/http/app.ts";
import { addAgUiRoutes } from "./ag_ui_routes.ts";
import { addAiSdkRoutes } from "./ai_sdk_routes.ts";
import { addLimitRoutes } from "./limit_routes.ts";
import { addNativeRoutes } from "./native_routes.ts";
import { createServing } from "./serving.ts";
import { addToolRoutes } from "./tool_routes.ts";

export function plannerRoutes(composition: Composition): Hono {
  const app = createApp("agent-planner", { ...composition, own_bounds: ["/ai-sdk", "/ag-ui"] });
  const serving = createServing(composition);
  addNativeRoutes(app, serving);
  addAiSdkRoutes(app, serving);
  addAgUiRoutes(app, serving);
  addLimitRoutes(app, serving);
  addToolRoutes(app, serving);
  return app;
}
