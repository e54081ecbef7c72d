// What a function runs in when it is short-lived: one request, `EdgeRuntime`, and `beforeunload` before the end, as
// on the platform. Started with FUNCTION_NAME; everything is loaded at once, and the function itself comes to life
// with its request, as the platform creates a worker when there is one.
//
//   SIGTERM  the response has ended: the process ends as soon as nothing works in the background
//   SIGUSR2  the wall clock is about to run out, which the function is told once it has come to life
import { z } from "zod";
import "../../../shared/agents/executor/executor.ts";
import "../../../shared/compose.ts";
import "../../../shared/http/app.ts";

const FUNCTIONS = {
  "agent-planner": () => import("../domain/agent_planner.ts"),
  "agent-executor": () => import("../domain/agent_executor.ts"),
};
const load = FUNCTIONS[z.enum(["agent-planner", "agent-executor"]).parse(Deno.env.get("FUNCTION_NAME"))];
const alive = Promise.withResolvers<void>();

let working = 0;
let answered = false;

function leave(): void {
  if (answered && working === 0) Deno.exit(0);
}

globalThis.EdgeRuntime = {
  waitUntil(work) {
    working += 1;
    work.catch(() => {}).finally(() => {
      working -= 1;
      leave();
    });
  },
};

Deno.addSignalListener("SIGTERM", () => {
  answered = true;
  leave();
});
Deno.addSignalListener("SIGUSR2", () => {
  const warning = new CustomEvent("beforeunload", { detail: { reason: "wall_clock" } });
  alive.promise.then(() => dispatchEvent(warning));
});

export default {
  async fetch(request: Request): Promise<Response> {
    const { default: edge_function } = await load();
    alive.resolve();
    return edge_function.fetch(request);
  },
};
