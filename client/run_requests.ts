// Runs for a client: starting them, reading their events over broken connections, deciding what they wait for,
// cancelling, resuming, listing.
import { type RunAnswer, runAnswerOf } from "../shared/contracts/answer.ts";
import type { Effect, OpenApproval } from "../shared/contracts/approval.ts";
import type { DecisionInput } from "../shared/contracts/decision_request.ts";
import type { Open, ReadEvent } from "../shared/contracts/read_event.ts";
import type { ChatRequestInput } from "../shared/contracts/request.ts";
import { initialRunState, reduceRun } from "../shared/contracts/run_state.ts";
import type { RunDetails, RunRow, RunStatus } from "../shared/contracts/run_view.ts";
import type { Json } from "../shared/contracts/text.ts";
import { AgentClientError, notSent, unreadable } from "./client_error.ts";
import { parseJson } from "./parse_json.ts";
import { wholeEvent } from "./position.ts";
import { readEvent } from "./read_events.ts";
import { aboutRun, PLANNER, queryText, type Requests } from "./requests.ts";
import { resume, type Source } from "./resume.ts";
import { shaped } from "./shapes.ts";

export type StartRunBody = Omit<ChatRequestInput, "stream">;

export interface EventOptions {
  /** The seq of the last event that the caller has; 0 for none. */
  after?: number;
  signal?: AbortSignal;
}

export interface Run {
  run_id: string;
  /** The calls that still wait after a decision. */
  open: string[];
  /**
   * The run's events; after a decision those that came with it and later. The first reader has the stream that came with
   * the answer, before it is read anew.
   */
  events(options?: EventOptions): AsyncIterable<ReadEvent>;
  /** Decides on calls that wait for a person. What it gives goes on with the event after those that were read here. */
  decide(decisions: DecisionInput[], options?: EventOptions): Promise<Run>;
  cancel(): Promise<CancelAnswer>;
}

export interface CancelAnswer {
  run_id: string;
  status: RunRow["status"];
}

export interface ResumeAnswer {
  run_id: string;
  /** False where there was nothing to take over: the run has an owner, or has ended. */
  resumed: boolean;
}

export interface UndoAnswer {
  run_id: string;
  /** The tool calls that were undone, newest first; without those that had been before. */
  undone: string[];
  /** The call at which it stopped, and why that one has to stay; null where all were undone. */
  stopped: { tool_call_id: string; reason: string; message: string } | null;
}

/** Decide with these `arguments` and `effects`: what is approved is what was shown. */
export interface Previewed {
  arguments: Record<string, Json>;
  effects: Open<Effect>[] | null;
}

export interface ListRunsOptions {
  session_id?: string;
  /** `unfinished` is whatever has not ended yet. */
  status?: RunStatus | "unfinished";
  /** Up to 100. */
  limit?: number;
  /** The `next_cursor` of the page before. */
  cursor?: string;
  signal?: AbortSignal;
}

export interface RunPage {
  runs: RunRow[];
  /** Null on the last page. */
  next_cursor: string | null;
}

export interface RunRequests {
  /** Starts a run, once however often the request must be sent. */
  startRun(body: StartRunBody, options?: { signal?: AbortSignal }): Promise<Run>;
  /**
   * Starts a run and waits for its end, or until it waits for a person, over broken connections. Throws what a run that
   * failed says.
   */
  run(body: StartRunBody, options?: { signal?: AbortSignal }): Promise<RunAnswer>;
  /**
   * The run's events after `after`, each once and in order, until the terminal one, or until it waits for a person, over
   * broken connections.
   */
  events(run_id: string, options?: EventOptions): AsyncIterable<ReadEvent>;
  /** What waits for the user, of all runs, the oldest first. */
  approvals(): Promise<Open<OpenApproval>[]>;
  /**
   * Decides on calls of a run, all at once or none: it is a `conflict` where one is not what was shown any more, and a
   * `bad_request` where edited arguments don't fit. The run goes on, after `after`, once nothing is open any more.
   */
  decide(run_id: string, decisions: DecisionInput[], options?: EventOptions): Promise<Run>;
  /**
   * What a call that waits would do with other arguments, which come as its tool reads them. Decides nothing. It is a
   * `bad_request` where they don't fit; `field` names which.
   */
  preview(run_id: string, tool_call_id: string, args: object): Promise<Previewed>;
  /** Asks a run to stop; its stream tells when it has. Gives the status that it has now. */
  cancel(run_id: string): Promise<CancelAnswer>;
  /** Takes a run over that nobody works on any more. Readers of its events do so by themselves. */
  resume(run_id: string): Promise<ResumeAnswer>;
  /**
   * Undoes what a tool call has changed, whole or not at all: it is a `conflict` where that was changed since. Without
   * a call those of the run, the newest first, up to the first that has to stay. A second time changes nothing.
   */
  undo(run_id: string, tool_call_id?: string): Promise<UndoAnswer>;
  /** One run whole. */
  getRun(run_id: string): Promise<RunDetails>;
  /** The user's runs, newest first, page by page. */
  listRuns(filter?: ListRunsOptions): Promise<RunPage>;
}

/** An id without a letter or digit, such as an empty one, would name another route. */
function pathOf(run_id: string): string {
  if (!/\w/.test(run_id)) throw notSent(`"${run_id}" is no run_id.`);
  return `${PLANNER}/runs/${encodeURIComponent(run_id)}`;
}

const isApprovals = shaped<{ approvals: Open<OpenApproval>[] }>("approvals@open+");
const isRunPage = shaped<RunPage>("runs@+ next_cursor~");
const isStillOpen = shaped<{ run_id: string; open: string[] }>("run_id open+");
const isRunDetails = shaped<RunDetails>("id status");

interface Answered {
  run_id: string;
  first?: Response;
  open?: string[];
}

export function createRunRequests(requests: Requests, new_key: () => string): RunRequests {
  const { ask, send, waiting, withAttempts } = requests;
  const post = async <T>(run_id: string, action: string, answer: string, content?: object) =>
    await ask(`${pathOf(run_id)}/${action}`, shaped<T>(answer), {
      method: "POST",
      body: JSON.stringify(content),
    });
  const cancel = (run_id: string) => post<CancelAnswer>(run_id, "cancel", "run_id status");

  /** What is accepted although its stream did not come is read on like any other. */
  function sendOnce(
    path: string,
    content: object,
    { after, signal }: EventOptions = {},
  ): Promise<Answered> {
    const headers = after === undefined ? undefined : { "last-event-id": `${after}` };
    const body = JSON.stringify(content);
    return withAttempts(async (signal) => {
      try {
        const first = await send(path, { method: "POST", headers, body, signal });
        const run_id = first.headers.get("x-run-id");
        if (run_id !== null) return { run_id, first };
        const answer = parseJson(await first.text());
        if (isStillOpen(answer)) return answer;
        throw unreadable("an answer without x-run-id");
      } catch (error) {
        if (!(error instanceof AgentClientError && error.run_id && error.run_accepted)) throw error;
        return { run_id: error.run_id };
      }
    }, signal);
  }

  /** A run of which its reader has what comes up to `after`. */
  function runOf({ run_id, first, open = [] }: Answered, { after = 0, signal }: EventOptions = {}): Run {
    let last = after;
    const get: Source["get"] = (what, init) => send(pathOf(run_id) + what, init);
    return {
      ...{ run_id, open },
      async *events(reading = {}) {
        const source = { after: wholeEvent(reading.after ?? after), first, get };
        first = undefined;
        try {
          for await (const piece of resume(source, waiting(signal, reading.signal))) {
            const event = readEvent(piece);
            if (!event) continue;
            last = event.seq;
            yield event;
          }
        } catch (error) {
          throw aboutRun(run_id, error);
        }
      },
      decide: (decisions, options) => decide(run_id, decisions, { after: last, signal, ...options }),
      cancel: () => cancel(run_id),
    };
  }

  const startRun: RunRequests["startRun"] = async (body, reading) => {
    const content = { ...body, request_key: body.request_key ?? new_key(), stream: true };
    return runOf(await sendOnce(PLANNER, content, reading), reading);
  };

  const decide: RunRequests["decide"] = async (run_id, decisions, reading) =>
    runOf(await sendOnce(`${pathOf(run_id)}/decisions`, { decisions }, { after: 0, ...reading }), reading);

  return {
    startRun,
    async run(body, reading) {
      const { run_id, events } = await startRun(body, reading);
      let state = initialRunState(run_id);
      for await (const event of events()) state = reduceRun(state, event);
      const { status, error } = state;
      if (status === "running") {
        throw aboutRun(run_id, unreadable("an end of the run"));
      }
      if (!error) return runAnswerOf(state);
      throw new AgentClientError(error.message, { ...error, status: 200, run_id, run_status: status });
    },
    events: (run_id, reading) => runOf({ run_id }, reading).events(),
    approvals: async () => (await ask(`${PLANNER}/approvals`, isApprovals)).approvals,
    decide,
    cancel,
    resume: (run_id) => post(run_id, "resume", "run_id resumed!"),
    preview: (run_id, call, args) =>
      post(run_id, `tool-calls/${call}/preview`, "arguments* effects*", { arguments: args }),
    undo: (run_id, call) =>
      post(run_id, call ? `tool-calls/${call}/undo` : "undo", "run_id undone+ stopped*"),
    getRun: async (run_id) => await ask(pathOf(run_id), isRunDetails),
    listRuns: ({ signal, ...filter } = {}) =>
      ask(`${PLANNER}/runs${queryText(filter)}`, isRunPage, { signal }),
  };
}
