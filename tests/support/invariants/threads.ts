// I2 for the threads: messages without a gap, and every call that a model made is followed by its one result.
import { type Evidence, repeated, type Violation } from "./evidence.ts";

export function* threadViolations({ threads, messages }: Evidence): Generator<Violation> {
  for (const id of repeated(messages.map((message) => message.id))) {
    yield { invariant: "I2", problem: `message ${id} is there twice` };
  }
  for (const thread of threads) {
    const own = messages.filter((message) => message.agent_session_id === thread.id).toSorted((a, b) =>
      a.seq - b.seq
    );
    const name = thread.step_number === null
      ? "the main thread"
      : `thread ${thread.id} of step ${thread.step_number}`;
    const found = (problem: string): Violation => ({ invariant: "I2", problem: `${name}: ${problem}` });
    for (const [i, { seq }] of own.entries()) {
      if (seq === i + 1) continue;
      yield found(`in place ${i + 1} stands message ${seq}`);
      break;
    }

    let open: string[] = [];
    for (const { seq, role, tool_calls, tool_call_id } of own) {
      // A new owner's system prompt may come between a call and its result; it is sent before all of them.
      if (role === "system") continue;
      if (role === "tool") {
        const expected = open.shift();
        if (tool_call_id === expected) continue;
        yield found(`message ${seq} is the result of ${tool_call_id}, expected was ${expected ?? "none"}`);
        open = [];
        continue;
      }
      if (open.length > 0) {
        yield found(`message ${seq} (${role}) comes before the result of ${open.join(", ")}`);
      }
      open = (tool_calls ?? []).map((call) => call.id);
    }
    // A thread that was broken off may end in the middle of its calls.
    if (open.length > 0 && thread.status === "completed") {
      yield found(`it has ended without the result of ${open.join(", ")}`);
    }
  }
}
