// Reading a run's events from any point on, until its end, or until it waits for a person.
import { z } from "zod";
import type { Clock } from "../async/clock.ts";
import type { Listener, News } from "../async/news.ts";
import { pause } from "../async/pause.ts";
import { pausesWithin, retry } from "../async/retry.ts";
import { AgentError, StoreUnavailable } from "../contracts/errors.ts";
import { isTerminal, type RunEvent } from "../contracts/events.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { readableEvent } from "./parsed_rows.ts";
import { NO_RUN } from "./runs.ts";

const PAGE = 500;
const FIRST_POLL_MS = 150;
/**
 * A reader of a run that stays silent asks less and less often, down to once a second, and at once when this process
 * writes to the run.
 */
const SLOWER = 1.5;
const LONGEST_POLL_MS = 1_000;

const Seq = z.string().regex(/^\d{1,9}$/, { error: "must be the number of an event" }).transform(Number);

/** The seq of the last event that a reader has, as text of the query or a header; 0 for none. */
export const EventCursor = z.strictObject({ after: Seq.prefault("0") });

/** The same, where it may be left out. */
export const OptionalCursor = z.strictObject({ after: Seq.optional() });

/** Rows that are no events, which only the run's user can have written, are left out; `last` is the last row's seq. */
const Page = z.object({
  events: z.array(z.looseObject({ seq: z.int() })),
  ended: z.boolean(),
  lease_expired: z.boolean(),
  /** It waits for a person, and for nothing else. */
  awaiting: z.boolean(),
}).transform(({ events: rows, ...state }) => ({
  ...state,
  rows: rows.length,
  last: rows.at(-1)?.seq,
  events: rows.map(readableEvent).filter((event) => event !== null),
}));
export type EventPage = z.infer<typeof Page>;

interface Following {
  run_id: string;
  /** The seq of the last event that the reader has. */
  after: number;
  /** What came after it, where that was read already. */
  first?: EventPage;
  /** The reader has gone, or has to come again. */
  signal: AbortSignal;
  clock: Clock;
  /** Of runs to which this process writes: then their readers look at once. */
  news: News;
  /** For so long a page is asked for again while the database can't be reached. */
  lease_seconds: number;
  /** Has the run taken over, because its lease has expired. The reading goes on meanwhile. */
  takeOver(run_id: string): void;
}

/** Why there is no more to follow: the run has ended or waits for a person, or `signal` was first. */
export type FollowedTo = "end or pause" | "signal";

/**
 * The events of a run after `after`, and then those to come, until its terminal event or until it waits for a person.
 * Errors: `not_found`, StoreUnavailable.
 */
export async function* followRun(
  db: EngineClient,
  following: Following,
): AsyncGenerator<RunEvent, FollowedTo> {
  const written = following.news.listen(following.run_id);
  try {
    return yield* look(db, following, written);
  } finally {
    written.end();
  }
}

async function* look(
  db: EngineClient,
  following: Following,
  written: Listener,
): AsyncGenerator<RunEvent, FollowedTo> {
  const { run_id, after, signal, clock, lease_seconds, takeOver } = following;
  let { first } = following;
  let poll_ms = FIRST_POLL_MS;
  let ownerless = false;
  for (let last = after; !signal.aborted;) {
    // From before the look: what is written during it is not missed.
    const news = written.next();
    const page = first ?? await retry(() => readEvents(db, run_id, last), {
      pauses: pausesWithin(lease_seconds * 1_000, clock),
      passes: (error) => error instanceof StoreUnavailable && !signal.aborted,
      clock,
    });
    first = undefined;
    for (const event of page.events) {
      // A log that has ended before its run: the run ends as soon as somebody takes it over.
      if (isTerminal(event) && !page.ended && page.lease_expired) takeOver(run_id);
      yield event;
      if (isTerminal(event)) return "end or pause";
    }
    last = page.last ?? last;
    // A reader who has the terminal event already finds a run that has ended, and nothing more.
    if (page.ended && page.rows === 0) return "end or pause";
    // The log of a run that waits ends with its pause, until somebody decides.
    if (page.awaiting && page.rows < PAGE) return "end or pause";
    if (page.lease_expired) takeOver(run_id);
    // Something has just happened: events, or its owner has gone, or the next one has come.
    const lively = page.rows > 0 || page.lease_expired !== ownerless;
    ownerless = page.lease_expired;
    poll_ms = lively ? FIRST_POLL_MS : Math.min(poll_ms * SLOWER, LONGEST_POLL_MS);
    if (page.rows < PAGE) await pause(clock, poll_ms, AbortSignal.any([signal, news]));
  }
  return "signal";
}

/**
 * A page of the events after `after`. Errors: `not_found`; `gone` for a run whose texts have been purged; `bad_request`
 * when the run has no event of that number, with the number of the last one.
 */
export async function readEvents(db: EngineClient, run_id: string, after: number): Promise<EventPage> {
  const { data, error, status } = await db.rpc("follow_run", {
    p_run_id: run_id,
    p_after: after,
    p_limit: PAGE,
  });
  if (error) throw databaseError(error, status);
  if (data === null) throw new AgentError("not_found", NO_RUN);
  return Page.parse(data);
}

/** The seq of the event with which the run has last begun to wait for a person; 0 where it never has. */
export async function lastPause(db: EngineClient, run_id: string): Promise<number> {
  const { data, error, status } = await db.from("agent_run_events").select("seq")
    .eq("run_id", run_id).eq("type", "run_paused").order("seq", { ascending: false }).limit(1);
  if (error) throw databaseError(error, status);
  return data[0]?.seq ?? 0;
}
