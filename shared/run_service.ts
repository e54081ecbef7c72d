// A caller's runs, as the planner's routes serve them: started, followed, cancelled, resumed. Any request that touches
// a run with an expired lease takes it over.
import { answerTurn, startTurn, takeOver, type Turn } from "./agents/planner/planner.ts";
import { AgentError, toAgentError } from "./contracts/errors.ts";
import type { RunEvent } from "./contracts/events.ts";
import type { ChatRequest } from "./contracts/request.ts";
import type { News } from "./async/news.ts";
import type { EngineClient } from "./db/clients.ts";
import { patiently } from "./db/patiently.ts";
import { type EventPage, followRun, lastPause, readEvents } from "./db/run_events.ts";
import { cancelRun, getRun, listRuns, markDelivered, type RunFilter, type RunView } from "./db/runs.ts";
import { goesOn, tooLong } from "./http/accepted_run.ts";
import { createChannel } from "./http/channel.ts";
import { continued, joined, upTo } from "./http/segments.ts";
import type { PlannerDeps } from "./agents/deps.ts";

export interface RunService {
  /** A page of the caller's runs, newest first. */
  list(filter: RunFilter): ReturnType<typeof listRuns>;
  /** One run whole; one whose lease has expired is taken over. Errors: `not_found`. */
  show(run_id: string): Promise<RunView>;
  /** Starts a run, or finds the one that the same request has started before. Errors: `gone` when that is purged. */
  start(request: Omit<ChatRequest, "stream">): Promise<StartedService>;
  /**
   * The run's events after `after`, until its end, or until the reader goes or has to come again. Errors:
   * `not_found`; `gone`; `bad_request` when it has no event `after`.
   */
  follow(run_id: string, after: number, reader: AbortSignal): Promise<AsyncIterable<RunEvent>>;
  /**
   * Where whoever decides goes on reading: after `after`, or where that is not told, after the run's last pause. Errors:
   * as `follow`.
   */
  readingPoint(run_id: string, after: number | undefined): Promise<number>;
  /**
   * Goes on with a run that has waited for a person, with its events after `after`. Null where the caller's token is no
   * agent's and has to be: then whoever has that one resumes it.
   */
  goOn(run_id: string, after: number): Promise<StartedService | null>;
  /** Asks the run to stop. Gives the status that it has now. */
  cancel(run_id: string): Promise<{ run_id: string; status: string }>;
  /** A reader was given the end of the run: the same message again starts another one. Never rejects. */
  delivered(run_id: string): Promise<void>;
  /** Takes over a run whose lease has expired, in the background; false when there is no need. */
  resume(run_id: string): Promise<boolean>;
}

export interface StartedService {
  run_id: string;
  /**
   * As far as this invocation brings the run, or until it waits for a person; where the stream ends before the run,
   * `follow` gives the rest.
   */
  stream(reader: AbortSignal): AsyncIterable<RunEvent>;
  /** To the end of the run, or until it waits for a person. Errors: `timeout` where one request may not take so long. */
  whole(reader: AbortSignal): AsyncIterable<RunEvent>;
}

/** So long a reader may stay at least, however short the deadline. */
const MIN_FOLLOW_MS = 2_000;
/** A reader of the whole answer waits beyond the deadline, by this share of the time up to it. */
const PATIENCE = 0.25;

type Background = (work: Promise<unknown>) => void;

/** `background` keeps the process alive for work that outlives its request; `news` is its process's, of runs. */
export function createRunService(
  deps: PlannerDeps,
  db: EngineClient,
  background: Background,
  news: News,
): RunService {
  const { clock } = deps;
  const { work, resume, resumeIfPossible, takeOverOrHandOff } = createOwners(deps, background, news);
  const { opened, events, toTheEnd, follow_until, whole_until } = createReading(
    deps,
    db,
    takeOverOrHandOff,
    news,
  );

  /** The events of a run that this invocation works on: `known` ones, or else those after `after`, and those to come. */
  function startedHere({ owned, first }: Turn, after: number, known: readonly RunEvent[]): StartedService {
    const { run_id, last_seq } = owned;
    const own = createChannel<RunEvent>();
    known.forEach(own.push);
    work({ owned, first }, own.push, own.close).finally(own.close);
    const stream = (reader: AbortSignal) =>
      after < last_seq ? joined(upTo(last_seq, events({ run_id, after }, reader, follow_until)), own) : own;
    return {
      run_id,
      stream,
      async *whole(reader) {
        // The owner may be held up by one long model call; the caller has to be answered all the same.
        const cancel = clock.after(Math.max(0, whole_until - clock.now()), own.close);
        try {
          const read = { after, known: last_seq };
          yield* continued(stream(reader), read, (after) => toTheEnd({ run_id, after }, reader));
        } finally {
          cancel();
        }
      },
    };
  }

  /** The events of a run that is another invocation's, after `after`. */
  async function startedElsewhere(run_id: string, after: number): Promise<StartedService> {
    const log = await opened(run_id, after).catch((error) => {
      const { kind } = toAgentError(error);
      throw kind === "gone" || kind === "not_found" ? error : goesOn(run_id, error);
    });
    return {
      run_id,
      stream: (reader) => events(log, reader, follow_until),
      whole: (reader) => toTheEnd(log, reader),
    };
  }

  return {
    list: (filter) => patiently(() => listRuns(db, filter), deps),
    async show(run_id) {
      const run = await patiently(() => getRun(db, run_id), deps);
      if (run.lease_expired === true) takeOverOrHandOff(run_id);
      return run;
    },
    async start(request) {
      const turn = await startTurn(request, deps).catch((error) => {
        // The lease of a run that stands in the way may have expired.
        if (error instanceof AgentError && error.kind === "conflict" && error.details.run_id) {
          takeOverOrHandOff(error.details.run_id);
        }
        throw error;
      });
      if (!("first" in turn)) return await startedElsewhere(turn.started.run_id, 0);
      const { started: owned, first } = turn;
      return startedHere({ owned, first }, owned.last_seq, owned.events);
    },
    async readingPoint(run_id, after) {
      if (after === undefined) return await patiently(() => lastPause(db, run_id), deps);
      await opened(run_id, after);
      return after;
    },
    async goOn(run_id, after) {
      try {
        const turn = await takeOver(run_id, deps);
        if (turn) return startedHere(turn, after, []);
      } catch (error) {
        if (toAgentError(error).kind === "forbidden") return null;
        deps.log.error("a run could not be taken over", { run_id, error });
      }
      return await startedElsewhere(run_id, after);
    },
    follow: async (run_id, after, reader) => events(await opened(run_id, after), reader, follow_until),
    async cancel(run_id) {
      const { status, lease_expired } = await patiently(() => cancelRun(db, run_id), deps);
      if (lease_expired) await resumeIfPossible(run_id);
      return { run_id, status };
    },
    resume,
    delivered: (run_id) =>
      patiently(() => markDelivered(db, run_id), deps).catch((error) =>
        deps.log.error("a delivery could not be noted; the same message gets the same answer", {
          run_id,
          error,
        })
      ),
  };
}

/** How this invocation becomes the owner of runs, works on them, and hands them off. */
function createOwners(deps: PlannerDeps, background: Background, news: News) {
  const { clock, log } = deps;
  const began = clock.now();
  const handOff = (run_id: string) => handOffInTime(run_id, deps);
  /** What is under way to give a run its next owner. */
  const successions = new Map<string, Promise<void>>();
  /** The caller's token is no agent's and has to be: they read on, and somebody else has to take runs over. */
  let may_not = false;

  function succeed(run_id: string, attempt: () => Promise<void>): Promise<void> {
    const known = successions.get(run_id);
    if (known) return known;
    const attempting = attempt().finally(() => successions.delete(run_id));
    successions.set(run_id, attempting);
    return attempting;
  }

  /** `released` is called where the run is let go for hand-off, which takes a while longer. */
  function work(turn: Turn, deliver: (event: RunEvent) => void, released = () => {}): Promise<void> {
    const { run_id } = turn.owned;
    const working = { ...deps, handOff: (run_id: string) => succeed(run_id, () => handOff(run_id)) };
    const tell = (event: RunEvent) => {
      deliver(event);
      news.tell(run_id);
    };
    const answering = answerTurn(turn, working, tell, released).catch((error) => {
      log.error("an owner failed; the run waits for takeover", { run_id, error });
      return null;
    });
    background(answering.then((leftToDo) => leftToDo?.()));
    return answering.then(() => {});
  }

  async function resume(run_id: string): Promise<boolean> {
    const turn = await takeOver(run_id, deps);
    if (turn) work(turn, () => {});
    return turn !== null;
  }

  /** The request is answered whether or not the run can be taken over on the way. */
  async function resumeIfPossible(run_id: string): Promise<void> {
    await resume(run_id).catch((error) => {
      may_not = toAgentError(error).kind === "forbidden";
      if (!may_not) log.error("a run could not be taken over", { run_id, error });
    });
  }

  /** An invocation that has used up half of its time has a fresh one take the run over. Nobody waits for it. */
  function takeOverOrHandOff(run_id: string): void {
    if (may_not) return;
    const late = clock.now() > (began + deps.deadline_at) / 2;
    const succession = succeed(run_id, async () => {
      const handed_off = late && await handOff(run_id).then(() => true, () => false);
      if (!handed_off) await resumeIfPossible(run_id);
    });
    // A hand-off of the owner's own that fails is its owner's to tell; the next look tries again.
    background(succession.catch(() => {}));
  }

  return { work, resume, resumeIfPossible, takeOverOrHandOff };
}

/** A hand-off takes no longer than this. */
const HAND_OFF_MS = 10_000;

/** Rejects when no successor has answered in time. */
async function handOffInTime(run_id: string, { handOff, clock }: PlannerDeps): Promise<void> {
  const late = new AbortController();
  const timeout = Promise.withResolvers<never>();
  const cancel = clock.after(HAND_OFF_MS, () => {
    late.abort();
    timeout.reject(new Error(`Cannot hand run ${run_id} off: no successor has answered`));
  });
  try {
    await Promise.race([handOff(run_id, late.signal), timeout.promise]);
  } finally {
    cancel();
  }
}

/** A point in a run's log: the last event that its reader has, and the page after it where that was read already. */
interface LogPoint {
  run_id: string;
  after: number;
  first?: EventPage;
}

/** How this invocation's callers read runs, its own and others, until they have to come again. */
function createReading(deps: PlannerDeps, db: EngineClient, takeOver: (run_id: string) => void, news: News) {
  const { clock, lease_seconds } = deps;
  const began = clock.now();
  const follow_until = Math.max(deps.deadline_at, began + MIN_FOLLOW_MS);
  const whole_until = follow_until + (follow_until - began) * PATIENCE;

  /** The log where a reader wants to begin. Errors: what keeps it from being read. */
  async function opened(run_id: string, after: number): Promise<LogPoint> {
    return { run_id, after, first: await patiently(() => readEvents(db, run_id, after), deps) };
  }

  async function* events(from: LogPoint, reader: AbortSignal, until: number) {
    const time = new AbortController();
    const cancel = clock.after(Math.max(0, until - clock.now()), () => time.abort());
    const signal = AbortSignal.any([reader, time.signal]);
    try {
      return yield* followRun(db, { ...from, signal, clock, news, lease_seconds, takeOver });
    } finally {
      cancel();
    }
  }

  /** As `events`, for whoever wants the answer. Errors: `timeout` where the time is up first. */
  async function* toTheEnd(from: LogPoint, reader: AbortSignal) {
    const followed = yield* events(from, reader, whole_until);
    if (followed === "signal") throw tooLong();
  }

  return { opened, events, toTheEnd, follow_until, whole_until };
}
