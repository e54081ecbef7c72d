// What can be wrong with a run's log, its stream, its conversation and its state.
import { change, type Fault, first, forget, remove, repeat } from "./breaking.ts";

/** Each way in which a run with a plan of three steps is broken, and what the checker calls it. */
export const LOG_FAULTS: Fault[] = [
  {
    what: "a missing event",
    invariant: "I4",
    says: /place 4/,
    make: ({ events }) => remove(events, (e) => e.seq === 4),
  },
  {
    what: "an event after the end",
    invariant: "I4",
    says: /comes after the terminal event/,
    make: ({ events }) => {
      const last = structuredClone(first(events, (e) => e.type === "step_start"));
      events.push({ ...last, seq: events.length + 1 });
    },
  },
  {
    what: "two ends",
    invariant: "I4",
    says: /2 terminal events/,
    make: (rows, streamed) => repeat(rows, streamed, (e) => e.type === "done"),
  },
  {
    what: "no end",
    invariant: "I4",
    says: /0 terminal events/,
    make: (rows, streamed) => forget(rows, streamed, (e) => e.type === "done"),
  },
  {
    what: "no beginning",
    invariant: "I4",
    says: /begins with analysis/,
    make: (rows, streamed) => forget(rows, streamed, (e) => e.type === "session"),
  },
  {
    what: "an event that can't be read",
    invariant: "I4",
    says: /event 1 \(session\) can't be read/,
    make: ({ events }) => first(events).data = {},
  },
  {
    what: "text of a part that was withdrawn",
    invariant: "I4",
    says: /withdrawn before/,
    make: (rows, streamed) => {
      const type = "text_withdrawn" as const;
      const { seq, run_id, at } = first(streamed, (e) => e.type === "analysis");
      Object.assign(first(rows.events, (e) => e.seq === seq), { type, data: { part: 1 } });
      streamed[seq - 1] = { seq, run_id, at, type, part: 1 };
    },
  },
  {
    what: "an owner of whom nobody was told",
    invariant: "I4",
    says: /had 2 owners, and 1 are told of/,
    make: ({ run }) => run.lease_generation = 2,
  },
  {
    what: "an owner that the run never had",
    invariant: "I4",
    says: /owner 2 of 1 is told of/,
    make: (rows, streamed) => {
      const end = { type: "taken_over" as const, generation: 2, why: "lease_expired" as const };
      const { seq, run_id, at } = first(streamed, (e) => e.type === "analysis");
      const { type, ...data } = end;
      Object.assign(first(rows.events, (e) => e.seq === seq), { type, data });
      streamed[seq - 1] = { seq, run_id, at, ...end };
    },
  },
  {
    what: "parts of text out of order",
    invariant: "I4",
    says: /part 3, after part 0/,
    make: (rows, streamed) => change(rows, streamed, "text", { part: 3 }),
  },
  {
    what: "a part of text whose message is not there",
    invariant: "I3",
    says: /part 1 says .* names undefined/,
    make: (rows, streamed) => change(rows, streamed, "text", { message_id: crypto.randomUUID() }),
  },
  {
    what: "an event that the client did not get",
    invariant: "I6",
    says: /place 5/,
    make: (_, streamed) => streamed.splice(4, 1),
  },
  {
    what: "an event that the client got twice",
    invariant: "I6",
    says: /place 6/,
    make: (_, streamed) => streamed.splice(5, 0, first(streamed, (e) => e.seq === 5)),
  },
  {
    what: "a stream that broke off",
    invariant: "I6",
    says: /the client got\n\s+nothing/,
    make: (_, streamed) => streamed.pop(),
  },
  {
    what: "an event that was sent and not stored",
    invariant: "I6",
    says: /not stored/,
    make: ({ events }) => events.pop(),
  },
  {
    what: "an event that was sent otherwise than it was stored",
    invariant: "I6",
    says: /part/,
    make: (_, streamed) =>
      Object.assign(first(streamed, (e) => e.type === "text"), { delta: "Let me loot." }),
  },
  {
    what: "a lost user message",
    invariant: "I3",
    says: /0 user messages/,
    make: ({ chat_messages }) => remove(chat_messages, (m) => m.role === "user"),
  },
  {
    what: "another user message",
    invariant: "I3",
    says: /stored as "Undo it"/,
    make: ({ chat_messages }) => first(chat_messages).content = "Undo it",
  },
  {
    what: "two answers",
    invariant: "I3",
    says: /2 assistant messages/,
    make: ({ chat_messages }) => chat_messages.push(first(chat_messages, (m) => m.role === "assistant")),
  },
  {
    what: "no answer",
    invariant: "I3",
    says: /0 assistant messages/,
    make: ({ chat_messages }) => remove(chat_messages, (m) => m.role === "assistant"),
  },
  {
    what: "an answer that was not streamed",
    invariant: "I3",
    says: /streamed was "It is done."/,
    make: ({ chat_messages }) => first(chat_messages, (m) => m.role === "assistant").content = "No.",
  },
  {
    what: "an answer under another id",
    invariant: "I3",
    says: /the terminal event names message/,
    make: ({ chat_messages }) => first(chat_messages, (m) => m.role === "assistant").id = crypto.randomUUID(),
  },
  {
    what: "a run that is still running",
    invariant: "I5",
    says: /the run is left running/,
    make: ({ run }) => run.status = "running",
  },
  {
    what: "a run that ended otherwise than its log",
    invariant: "I5",
    says: /status is stored as "failed", the log adds up to "completed"/,
    make: ({ run }) => run.status = "failed",
  },
  {
    what: "another strategy",
    invariant: "I5",
    says: /strategy is stored as "simple"/,
    make: ({ run }) => run.strategy = "simple",
  },
  {
    what: "another reason",
    invariant: "I5",
    says: /finished_reason/,
    make: ({ run }) => run.finished_reason = "budget",
  },
  {
    what: "another sum of tokens",
    invariant: "I5",
    says: /usage is stored as/,
    make: ({ run }) => run.usage = run.usage && { ...run.usage, output_tokens: 1_000_000 },
  },
  {
    what: "a sum that forgot what was spent before a takeover",
    invariant: "I5",
    says: /the threads' messages alone make/,
    make: (rows, streamed) => {
      const usage = rows.run.usage && { ...rows.run.usage, input_tokens: 1 };
      rows.run.usage = usage;
      const end = first(rows.events, (e) => e.type === "done");
      Object.assign(end.data, { usage });
      Object.assign(first(streamed, (e) => e.seq === end.seq), { usage });
    },
  },
  {
    what: "an agent left active",
    invariant: "I5",
    says: /executor .* is left active/,
    make: ({ agents }) => first(agents, (a) => a.type === "executor").status = "active",
  },
  {
    what: "a thread left active",
    invariant: "I5",
    says: /thread .* is left active/,
    make: ({ threads }) => first(threads).status = "active",
  },
  {
    what: "a plan left executing",
    invariant: "I5",
    says: /plan 1 is left executing/,
    make: ({ plans }) => first(plans).status = "executing",
  },
  {
    what: "an attempt left running",
    invariant: "I5",
    says: /attempt 1 at step 1 is left running/,
    make: ({ executions }) => first(executions, (e) => e.step_number === 1).status = "running",
  },
  {
    what: "a tool call left executing",
    invariant: "I5",
    says: /list_books is left executing/,
    make: ({ tool_calls }) => first(tool_calls, (c) => c.tool_name === "list_books").status = "executing",
  },
  {
    what: "a row without its end",
    invariant: "I5",
    says: /completed without a time/,
    make: ({ executions }) => first(executions).finished_at = null,
  },
  {
    what: "a thread that miscounts",
    invariant: "I5",
    says: /counts 77 messages/,
    make: ({ threads }) => first(threads).message_count = 77,
  },
  {
    what: "another revision of the plan",
    invariant: "I5",
    says: /the revision of plan 1/,
    make: ({ plans }) => first(plans).revision = 2,
  },
  {
    what: "a plan under another id",
    invariant: "I5",
    says: /the list of plans/,
    make: ({ plans }) => first(plans).id = crypto.randomUUID(),
  },
  {
    what: "a plan with another status than its steps",
    invariant: "I5",
    says: /the plan's status is stored as "failed"/,
    make: ({ plans }) => first(plans).status = "failed",
  },
  {
    what: "an end that tells another status of the plan",
    invariant: "I5",
    says: /the plan's status is stored as "completed", the log adds up to "failed"/,
    make: (rows, streamed) => change(rows, streamed, "done", { plan_status: "failed" }),
  },
  {
    what: "a step that ended otherwise than the log says",
    invariant: "I5",
    says: /step 2 is failed in its row and completed in the log/,
    make: ({ executions }) => first(executions, (e) => e.step_number === 2).status = "failed",
  },
  {
    what: "a step whose result is not what was told",
    invariant: "I5",
    says: /step 2's summary/,
    make: ({ executions }) => {
      first(executions, (e) => e.step_number === 2).result = { status: "completed", summary: "Else." };
    },
  },
];
