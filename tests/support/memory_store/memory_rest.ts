// The database API over the store in memory, as far as runs are followed and cancelled through it, for a client that
// is handed this `fetch`.
import { z } from "zod";
import { AgentError } from "../../../shared/contracts/errors.ts";
import type { MemoryStore } from "./memory_store.ts";

const Args = z.object({ p_run_id: z.string(), p_after: z.int().default(0) });

export function memoryRest(store: MemoryStore): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : null;
    await Promise.resolve();
    try {
      switch (url.pathname) {
        case "/rest/v1/rpc/follow_run":
          return Response.json(follow(store, body));
        case "/rest/v1/agent_run_events":
          return Response.json(pauses(store, url));
        case "/rest/v1/rpc/cancel_run":
          return Response.json(cancel(store, body));
        case "/rest/v1/rpc/mark_delivered":
          store.markDelivered(Args.parse(body).p_run_id);
          return Response.json(null);
        default:
          throw new Error(`There is no ${url.pathname} here`);
      }
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      const { kind, message, details } = error;
      return kind === "bad_request"
        ? Response.json({ code: "PT400", message, details: JSON.stringify(details) }, { status: 400 })
        : Response.json({ code: "PT404", message: "run" }, { status: 404 });
    }
  };
}

function follow(store: MemoryStore, body: unknown) {
  const { p_run_id, p_after } = Args.parse(body);
  const { events, ...standing } = store.followRun(p_run_id, p_after);
  const rows = events.map(({ seq, run_id, type, at, agent = null, ...data }) => ({
    seq,
    run_id,
    type,
    at,
    agent,
    data,
  }));
  return { ...standing, events: rows };
}

/** The last pause of a run. */
function pauses(store: MemoryStore, url: URL) {
  const run_id = url.searchParams.get("run_id")?.replace(/^eq\./, "") ?? "";
  return store.followRun(run_id, 0).events.filter(({ type }) => type === "run_paused").slice(-1);
}

function cancel(store: MemoryStore, body: unknown) {
  const { p_run_id } = Args.parse(body);
  store.cancelRun(p_run_id);
  const run = store.tables.runs.find(({ id }) => id === p_run_id);
  return { status: run?.status, lease_expired: store.followRun(p_run_id, 0).lease_expired };
}
