// What the planner's routes share, whatever protocol they speak: who asks, how many streams are open, and which ends of
// runs are on their way to their readers.
import type { Context } from "hono";
import type { Composition } from "../../../shared/compose.ts";
import type { ClientChats } from "../../../shared/db/client_chats.ts";
import type { Undo } from "../../../shared/db/undo.ts";
import type { DecisionService } from "../../../shared/decision_service.ts";
import type { Caller } from "../../../shared/http/auth.ts";
import { notReadable } from "../../../shared/http/accepted_run.ts";
import { createDeliveries, type Deliveries } from "../../../shared/http/deliveries.ts";
import { createOpenStreams, type OpenStreams } from "../../../shared/http/open_streams.ts";
import { parseRunId } from "../../../shared/http/parse.ts";
import { authenticatePerson } from "../../../shared/http/person.ts";
import type { RunService } from "../../../shared/run_service.ts";

export interface Serving extends Composition {
  streams: OpenStreams;
  deliveries: Deliveries;
  /** The user is given the end of the run. */
  deliver(user_id: string, runs: RunService, run_id: string): Promise<void>;
  /** The person who sends a request, and no agent for them. */
  byPerson(request: Request): Promise<Caller>;
}

export function createServing(composition: Composition): Serving {
  const { authenticate, background, clock } = composition;
  const deliveries = createDeliveries(clock);
  return {
    ...composition,
    streams: createOpenStreams(),
    deliveries,
    deliver(user_id, runs, run_id) {
      const noting = runs.delivered(run_id);
      deliveries.add(user_id, noting);
      background(noting);
      return noting;
    },
    byPerson: (request) => authenticatePerson(request, authenticate),
  };
}

/** All that acts for the caller of one request. */
export interface Asked {
  context: Context;
  user_id: string;
  runs: RunService;
  decisions: DecisionService;
  undo: Undo;
  chats: ClientChats;
}

/** A route about the run that its path names; its errors say which. */
export function ofRun(
  { authenticate, forCaller }: Serving,
  answer: (run_id: string, asked: Asked) => Promise<Response>,
  identify: (request: Request) => Promise<Caller> = authenticate,
  told = notReadable,
) {
  return async (context: Context) => {
    const run_id = parseRunId(context.req.param("id") ?? "");
    try {
      const caller = await identify(context.req.raw);
      const { runs, decisions, undo, chats } = forCaller(caller);
      return await answer(run_id, { context, user_id: caller.user_id, runs, decisions, undo, chats });
    } catch (error) {
      throw told(run_id, error);
    }
  };
}

/** Answers with a stream, which counts as one of the user's until `onEnd`, or until this throws. */
export async function streaming(
  { streams }: Serving,
  user_id: string,
  answer: (onEnd: () => void) => Promise<Response>,
): Promise<Response> {
  const onEnd = streams.open(user_id);
  try {
    return await answer(onEnd);
  } catch (error) {
    onEnd();
    throw error;
  }
}
