// A caller who does what it is told: it sends its message again when the answer says so, and else reads the run that
// the answer names, until it has the run's end. What it was told on the way is kept.
import { z } from "zod";
import { isTerminal, type RunEvent } from "../../shared/contracts/events.ts";
import { callFunction, eventsOf } from "../support/stack/calling.ts";
import type { TestUser } from "../support/stack/stack.ts";

const ErrorBody = z.looseObject({
  kind: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  run_id: z.string().optional(),
  status: z.string().optional(),
});
export type Told = z.infer<typeof ErrorBody> & { code: number; asked: "message" | "run" };

interface Asking {
  base: string;
  body: Record<string, unknown>;
  /** Gets a token that works. */
  signIn(): Promise<void>;
}

/** Everything that it was told was wrong, until it had the end of its run. */
export async function obey(user: TestUser, { base, body, signIn }: Asking): Promise<Told[]> {
  const told: Told[] = [];

  async function hear(response: Response, asked: Told["asked"]): Promise<Told> {
    const { error } = z.object({ error: ErrorBody }).parse(await response.json());
    const one = { ...error, code: response.status, asked };
    told.push(one);
    if (one.code === 401) await signIn();
    return one;
  }

  async function follow(run_id: string, from: number): Promise<void> {
    for (let last = from;;) {
      const response = await callFunction(user, `agent-planner/runs/${run_id}/events`, {
        method: "GET",
        headers: { "last-event-id": String(last) },
        base,
      });
      if (!response.ok) {
        const { retryable, code, message } = await hear(response, "run");
        if (!retryable && code !== 401) throw new Error(`There is no way on: ${message}`);
        continue;
      }
      const event = await lastOf(response);
      if (event && isTerminal(event)) return;
      last = event?.seq ?? last;
    }
  }

  for (;;) {
    const response = await callFunction(user, "agent-planner", { body, base });
    if (!response.ok) {
      const { retryable, run_id, message, code } = await hear(response, "message");
      // Who was not let in has started nothing.
      if (retryable || (code === 401 && run_id === undefined)) continue;
      if (run_id === undefined) throw new Error(`There is no way on: ${message}`);
      await follow(run_id, 0);
    } else if (body.stream === false) {
      await response.text();
    } else {
      const event = await lastOf(response);
      if (!event || !isTerminal(event)) await follow(response.headers.get("x-run-id") ?? "", event?.seq ?? 0);
    }
    return told;
  }
}

/** The last event that a connection brought, however it ended. */
async function lastOf(response: Response): Promise<RunEvent | null> {
  let last: RunEvent | null = null;
  try {
    for await (const event of eventsOf(response)) last = event;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return last;
}
