// One run of a shape, read by the real client from its start to its terminal event, whatever is done to it. Where it waits
// for a person, they decide.
import { z } from "zod";
import { createAgentClient } from "../../../client/mod.ts";
import type { DecisionInput } from "../../../shared/contracts/decision_request.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import { addTurns, type ModelRequestBody, takeScript } from "../models/model_script.ts";
import type { Person } from "../stack/person.ts";
import { profiledFetch } from "../stack/profiled_fetch.ts";
import type { Shape } from "./shapes.ts";

export interface FaultyRunOptions {
  shape: Shape;
  person: Pick<Person, "id" | "token" | "pseudonym">;
  /** The gateway of the functions. */
  url: string;
  publishable_key: string;
  model_url: string;
  /** The client's way to the gateway. */
  fetch: typeof fetch;
  /** The client cancels once it has seen this many events. */
  cancel_after?: number;
  /** Milliseconds without an event until the run counts as stuck. */
  patience_ms: number;
}

export interface FaultyRun {
  /** Null when the start never succeeded. */
  run_id: string | null;
  /** What the client saw. */
  events: ReadEvent[];
  /** Why the client never saw the end; null when it did. */
  stuck: string | null;
  /** The model calls that were made. */
  requests: ModelRequestBody[];
  /** Those that no turn of the shape answers. */
  unexpected: ModelRequestBody[];
  took_ms: number;
}

/** The person makes it a rule of their own. */
async function wantToBeAsked(
  tool_name: string,
  { url, publishable_key, person }: FaultyRunOptions,
): Promise<void> {
  const response = await profiledFetch(`${url}/rest/v1/tool_rules`, {
    method: "POST",
    headers: {
      apikey: publishable_key,
      authorization: `Bearer ${person.token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ tool_name, policy: "ask" }),
  });
  if (!response.ok) throw new Error(`No rule was made: ${response.status} ${await response.text()}`);
}

const Titled = z.looseObject({ title: z.string() });

/** What the person says to all that is open. */
function decisionsOn(events: readonly ReadEvent[], { asks }: Shape): DecisionInput[] {
  const paused = events.at(-1);
  const open = paused?.type === "run_paused" ? paused.open : [];
  return events.flatMap((event) => event.type === "approval_required" ? event.approvals : [])
    .filter(({ tool_call_id }) => open.includes(tool_call_id))
    .map(({ tool_call_id, arguments_sha256, arguments: args }) => {
      const { title } = Titled.parse(args);
      const approved = asks?.declined.every(({ value }) => value !== title) ?? true;
      return { tool_call_id, arguments_sha256, approved };
    });
}

export async function takeFaultyRun(options: FaultyRunOptions): Promise<FaultyRun> {
  const { shape, person, url, publishable_key, model_url, cancel_after, patience_ms } = options;
  await addTurns(model_url, person.pseudonym, shape.turns);
  const client = createAgentClient({ url, publishable_key, token: () => person.token, fetch: options.fetch });
  const patience = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => patience.abort(new Error(`No event for ${patience_ms / 1000} s`)), patience_ms);
  };
  wait();
  const events: ReadEvent[] = [];
  const started = performance.now();
  let run_id: string | null = null;
  let stuck: string | null = null;
  try {
    const { signal } = patience;
    if (shape.asks) await wantToBeAsked(shape.asks.tool, options);
    let run = await client.startRun({ message: shape.message, request_key: shape.name }, { signal });
    run_id = run.run_id;
    let cancelling: Promise<unknown> = Promise.resolve();
    for (;;) {
      for await (const event of run.events()) {
        events.push(event);
        wait();
        // The stream is read on meanwhile.
        if (event.seq === cancel_after) cancelling = run.cancel();
        cancelling.catch(() => {});
      }
      if (events.at(-1)?.type !== "run_paused") break;
      run = await run.decide(decisionsOn(events, shape));
    }
    await cancelling;
  } catch (error) {
    stuck = error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
  const took_ms = performance.now() - started;
  const { requests, unexpected } = await takeScript(model_url, person.pseudonym);
  return { run_id, events, stuck, requests, unexpected, took_ms };
}
