// What can be wrong with the work of a run: attempts at steps, threads, tool calls.
import { again, type Fault, first, follows, forget, remove, repeat } from "./breaking.ts";

/** Each way in which a run with a plan of three steps is broken, and what the checker calls it. */
export const WORK_FAULTS: Fault[] = [
  {
    what: "an attempt that the log does not know",
    invariant: "I5",
    says: /step 2's attempt/,
    make: ({ executions }) => again(executions, "failed"),
  },
  {
    what: "an attempt that was never announced",
    invariant: "I2",
    says: /attempt 2 at step 2 of plan 1 was never announced/,
    make: ({ executions }) => again(executions, "failed"),
  },
  {
    what: "a step that was done twice",
    invariant: "I2",
    says: /step 2 was completed by 2 attempts/,
    make: ({ executions }) => again(executions, "completed"),
  },
  {
    what: "an attempt that began before the last had ended",
    invariant: "I1",
    says: /attempt 2 at step 2 of plan 1 began before attempt 1 had ended/,
    make: ({ executions }) => again(executions, "failed", -1),
  },
  {
    what: "attempts that do not count from 1",
    invariant: "I2",
    says: /step 2 of plan 1 has the attempts 2/,
    make: ({ executions }) => first(executions, (e) => e.step_number === 2).attempt = 2,
  },
  {
    what: "an attempt at a step that the plan does not have",
    invariant: "I2",
    says: /plan 1 has no step 9/,
    make: ({ executions }) => first(executions, (e) => e.step_number === 2).step_number = 9,
  },
  {
    what: "two planners",
    invariant: "I1",
    says: /2 planners/,
    make: ({ agents }) => agents.push(first(agents, (a) => a.type === "planner")),
  },
  {
    what: "a thread that does not say what it was opened with",
    invariant: "I5",
    says: /thread \S+ of step 1 does not say what it was opened with/,
    make: ({ threads }) => first(threads, (t) => t.step_number === 1).initial_context = {},
  },
  {
    what: "a message that nobody says",
    invariant: "I5",
    says: /message 2 of thread \S+ is said by planner null/,
    make: ({ messages }) =>
      first(messages, (m) => m.sender_type === "planner" && m.role === "user").sender_agent_id = null,
  },
  {
    what: "a planner that failed in a run that completed",
    invariant: "I5",
    says: /the planner is failed in a run that is completed/,
    make: ({ agents }) => first(agents, (a) => a.type === "planner").status = "failed",
  },
  {
    what: "an agent that was cancelled in a run that nobody cancelled",
    invariant: "I5",
    says: /is cancelled in a run that nobody has cancelled/,
    make: ({ agents }) => first(agents, (a) => a.type === "executor").status = "cancelled",
  },
  {
    what: "a thread that ended otherwise than its step",
    invariant: "I5",
    says: /the thread of step 1 is failed, its last attempt completed/,
    make: ({ threads }) => first(threads, (t) => t.step_number === 1).status = "failed",
  },
  {
    what: "an attempt that ended before it began",
    invariant: "I5",
    says: /attempt 1 at step 1 ended before it began/,
    make: ({ executions }) =>
      first(executions, (e) => e.step_number === 1).finished_at = "2020-01-01T00:00:00Z",
  },
  {
    what: "two main threads",
    invariant: "I1",
    says: /2 main threads/,
    make: ({ threads }) => threads.push(first(threads, (t) => t.plan_id === null)),
  },
  {
    what: "a step announced twice",
    invariant: "I2",
    says: /step 1 of plan 1 was announced as attempts 1, 1/,
    make: (rows, streamed) => repeat(rows, streamed, (e) => e.type === "step_start"),
  },
  {
    what: "a step completed twice",
    invariant: "I2",
    says: /was completed 2 times/,
    make: (rows, streamed) => repeat(rows, streamed, (e) => e.type === "step_complete"),
  },
  {
    what: "a step that never ended",
    invariant: "I2",
    says: /step \d of plan 1 has no end/,
    make: (rows, streamed) => forget(rows, streamed, (e) => e.type === "step_complete"),
  },
  {
    what: "a step that did not wait for the one it depends on",
    invariant: "I2",
    says: /step 3 of plan 1 began before step \d had completed/,
    make: ({ events }) => {
      const start = first(events, (e) => e.type === "step_start" && e.data.step_number === 3);
      const end = first(events, (e) => e.type === "step_complete");
      [start.seq, end.seq] = [end.seq, start.seq];
      events.sort((a, b) => a.seq - b.seq);
    },
  },
  {
    what: "a result that came twice",
    invariant: "I2",
    says: /has two executor_result/,
    make: (rows, streamed) => repeat(rows, streamed, (e) => e.type === "executor_result"),
  },
  {
    what: "a missing message in a thread",
    invariant: "I2",
    says: /in place 2 stands message 3/,
    make: ({ messages }) => remove(messages, (m) => m.seq === 2),
  },
  {
    what: "a message that is there twice",
    invariant: "I2",
    says: /message .* is there twice/,
    make: ({ messages }) => messages.push(first(messages)),
  },
  {
    what: "a call without its result in the thread",
    invariant: "I2",
    says: /comes before the result of/,
    make: ({ messages }) => {
      const message = first(messages, (m) => m.role === "tool" && messages.some(follows(m)));
      Object.assign(message, { role: "user", tool_call_id: null });
    },
  },
  {
    what: "a thread that ended in the middle of its calls",
    invariant: "I2",
    says: /has ended without the result of/,
    make: ({ messages }) => remove(messages, (m) => m.role === "tool" && !messages.some(follows(m))),
  },
  {
    what: "the result of a call that nobody made",
    invariant: "I2",
    says: /is the result of nothing, expected was/,
    make: ({ messages }) => first(messages, (m) => m.role === "tool").tool_call_id = "nothing",
  },
  {
    what: "a tool call with two rows",
    invariant: "I2",
    says: /call .* has two rows/,
    make: ({ tool_calls }) => tool_calls.push(first(tool_calls)),
  },
  {
    what: "a tool call without a row",
    invariant: "I2",
    says: /\(list_books\) of message \d in thread .* has no row/,
    make: ({ tool_calls }) => remove(tool_calls, (c) => c.tool_name === "list_books"),
  },
  {
    what: "a tool call that was made again under another id",
    invariant: "I2",
    says: /call .* of create_book is in no message/,
    make: ({ tool_calls }) => {
      tool_calls.push({
        ...first(tool_calls, (c) => c.tool_name === "create_book"),
        id: crypto.randomUUID(),
      });
    },
  },
  {
    what: "a row of another tool than the model called",
    invariant: "I2",
    says: /is recorded as delete_book/,
    make: ({ tool_calls }) =>
      first(tool_calls, (c) => c.tool_name === "create_book").tool_name = "delete_book",
  },
  {
    what: "a tool call announced twice",
    invariant: "I2",
    says: /was announced 2 times/,
    make: (rows, streamed) => repeat(rows, streamed, (e) => e.type === "tool_call"),
  },
  {
    what: "a tool call without an announcement",
    invariant: "I2",
    says: /has no tool_call/,
    make: (rows, streamed) => forget(rows, streamed, (e) => e.type === "tool_call"),
  },
  {
    what: "a tool call without a result event",
    invariant: "I2",
    says: /was announced and has no tool_result/,
    make: (rows, streamed) => forget(rows, streamed, (e) => e.type === "tool_result"),
  },
  {
    what: "a tool call with two result events",
    invariant: "I2",
    says: /has 2 tool_result events/,
    make: (rows, streamed) => repeat(rows, streamed, (e) => e.type === "tool_result"),
  },
  {
    what: "a tool call that ended otherwise than was told",
    invariant: "I2",
    says: /is failed, event \d+ says ok true/,
    make: ({ tool_calls }) => first(tool_calls, (c) => c.tool_name === "create_book").status = "failed",
  },
  {
    what: "a tool call that found other data than was told",
    invariant: "I2",
    says: /has other data than its row/,
    make: ({ tool_calls }) => {
      first(tool_calls, (c) => c.tool_name === "create_book").result = { ok: true, data: {}, message: "" };
    },
  },
  {
    what: "a tool call whose data was too long to be told, and nobody says so",
    invariant: "I2",
    says: /hides that data was cut/,
    make: ({ tool_calls }) => {
      const data = "x".repeat(9_000);
      first(tool_calls, (c) => c.tool_name === "create_book").result = { ok: true, data, message: "" };
    },
  },
  {
    what: "a tool call with other arguments than were told",
    invariant: "I2",
    says: /has other arguments/,
    make: ({ tool_calls }) => first(tool_calls, (c) => c.tool_name === "create_book").arguments = {},
  },
];
