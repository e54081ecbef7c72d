// How long a host may take, from its headers to the end of its body, in turns on a clock that the tests move.
import assert from "node:assert/strict";
import { delta, DONE, finish, frame, piece, text, USAGE, usage } from "../support.ts";
import { type TimedHost, timedTurn } from "./timed_host.ts";

interface TimingCase {
  name: string;
  host: TimedHost;
  ends: "finished" | "timeout";
  /** When the turn must end, in milliseconds after the request. */
  at_ms: number;
  timeouts?: { first_frame_ms: number; idle_ms: number; overall_ms: number };
}

const OK = [text("Good."), finish("stop"), usage(USAGE), DONE].join("");
const CALL = piece({ index: 0, id: "a", function: { name: "get_tasks", arguments: "{}" } });
const HEARTBEATS = {
  "comments": ": keep-alive\n\n",
  "comments without an empty line": ": ping\n",
  "empty data": "data: \n\n",
  "empty data with a name": "event: ping\ndata: \n\n",
  "names without data": "event: keepalive\n: x\n\n",
  "comments wrapped as data": "data: : keepalive\n\n",
  "empty objects": "data: {}\n\n",
  "pings as objects": 'event: ping\ndata: {"type": "ping"}\n\n',
  "words": "data: [KEEPALIVE]\n\n",
  "empty lines": "\n",
};

const CASES: TimingCase[] = [
  ...Object.entries(HEARTBEATS).map(([kind, beat]): TimingCase => ({
    name: `${kind} for a minute keep a call alive whose first frame has not come`,
    host: {
      steps: [{ from_ms: 0, to_ms: 60_000, every_ms: 1_000, repeat: beat }, { at_ms: 60_000, send: OK }],
    },
    ends: "finished",
    at_ms: 60_000,
  })),
  ...Object.entries(HEARTBEATS).map(([kind, beat]): TimingCase => ({
    name: `${kind} after the first frame don't stand for the next one`,
    host: {
      steps: [{ at_ms: 0, send: text("Go") }, { from_ms: 0, to_ms: 200_000, every_ms: 1_000, repeat: beat }],
    },
    ends: "timeout",
    at_ms: 20_000,
  })),
  ...Object.entries(HEARTBEATS).map(([kind, beat]): TimingCase => ({
    name: `${kind} after the finish reason don't hold the end up`,
    host: {
      steps: [{ at_ms: 0, send: text("Good.") + finish("stop") }, {
        ...{ from_ms: 500, to_ms: 200_000, every_ms: 500, repeat: beat },
      }],
    },
    ends: "finished",
    at_ms: 2_000,
  })),
  {
    name: "silence before the headers ends at the first frame's limit",
    host: { headers_ms: 500_000, steps: [] },
    ends: "timeout",
    at_ms: 30_000,
  },
  {
    name: "late headers don't lengthen the wait for the first frame",
    host: { headers_ms: 25_000, steps: [{ at_ms: 40_000, send: OK }] },
    ends: "timeout",
    at_ms: 30_000,
  },
  {
    name: "a first frame just in time is in time",
    host: { headers_ms: 25_000, steps: [{ at_ms: 29_500, send: OK }] },
    ends: "finished",
    at_ms: 29_500,
  },
  {
    name: "when the heartbeats end the wait for the first frame begins anew",
    host: { steps: [{ from_ms: 0, to_ms: 40_000, every_ms: 1_000, repeat: ": x\n\n" }] },
    ends: "timeout",
    at_ms: 69_000,
  },
  {
    name: "heartbeats for ever end at the call's deadline",
    host: { steps: [{ from_ms: 0, to_ms: 200_000, every_ms: 1_000, repeat: ": x\n\n" }] },
    ends: "timeout",
    at_ms: 90_000,
  },
  {
    name: "silence after the first frame ends at the limit between frames",
    host: { steps: [{ at_ms: 1_000, send: text("Go") }] },
    ends: "timeout",
    at_ms: 21_000,
  },
  {
    name: "silence after any frame ends at the limit between frames",
    host: { steps: [{ from_ms: 0, to_ms: 50_000, every_ms: 5_000, repeat: text("Go ") }] },
    ends: "timeout",
    at_ms: 65_000,
  },
  {
    name: "silence inside of a frame is silence",
    host: { steps: [{ at_ms: 0, send: text("Go") + text("od").slice(0, 30) }] },
    ends: "timeout",
    at_ms: 20_000,
  },
  {
    name: "frames that say nothing are frames",
    host: {
      steps: [
        { from_ms: 0, to_ms: 80_000, every_ms: 19_000, repeat: delta({ content: "" }) },
        { at_ms: 80_000, send: OK },
      ],
    },
    ends: "finished",
    at_ms: 80_000,
  },
  {
    name: "a slow host that keeps within its limits is waited for",
    host: {
      steps: [
        { at_ms: 29_000, send: text("Go") },
        { at_ms: 48_500, send: text("od.") },
        { at_ms: 68_000, send: finish("stop") + usage(USAGE) + DONE },
      ],
    },
    ends: "finished",
    at_ms: 68_000,
  },
  {
    name: "a limit between frames that is longer than the first one holds, too",
    host: { steps: [{ at_ms: 5_000, send: text("Go") }, { at_ms: 44_000, send: text("od.") + OK }] },
    timeouts: { first_frame_ms: 10_000, idle_ms: 40_000, overall_ms: 90_000 },
    ends: "finished",
    at_ms: 44_000,
  },
  {
    name: "a body that stays open after a text ends two seconds after the finish reason",
    host: { steps: [{ at_ms: 3_000, send: text("Good.") + finish("stop") }] },
    ends: "finished",
    at_ms: 5_000,
  },
  {
    name: "a body that stays open after calls ends two seconds after the finish reason",
    host: { steps: [{ at_ms: 3_000, send: CALL + finish("tool_calls") }] },
    ends: "finished",
    at_ms: 5_000,
  },
  {
    name: "usage that follows within two seconds is waited for",
    host: {
      steps: [{ at_ms: 0, send: text("Good.") + finish("stop") }, {
        at_ms: 1_500,
        send: usage(USAGE) + DONE,
      }],
    },
    ends: "finished",
    at_ms: 1_500,
  },
  {
    name: "frames after the finish reason don't hold the end up",
    host: {
      steps: [{ at_ms: 0, send: text("Good.") + finish("stop") }, {
        ...{ from_ms: 500, to_ms: 200_000, every_ms: 500, repeat: frame({ choices: [] }) },
      }],
    },
    ends: "finished",
    at_ms: 2_000,
  },
  {
    name: "a finish reason that comes with a thought is none (open-webui/open-webui#16377)",
    host: {
      steps: [
        { at_ms: 0, send: delta({ reasoning_content: "Hm." }, "stop") },
        { at_ms: 9_000, send: text("Good.") + finish("stop") },
      ],
    },
    ends: "finished",
    at_ms: 11_000,
  },
  {
    name: "finish reasons without end don't hold the end up",
    host: { steps: [{ from_ms: 0, to_ms: 200_000, every_ms: 500, repeat: text("x") + finish("stop") }] },
    ends: "finished",
    at_ms: 2_000,
  },
  {
    name: "a whole completion that comes drop by drop is waited for",
    host: {
      content_type: "application/json",
      steps: [
        { at_ms: 1_000, send: '{"choices":[{"message":{"content":"' },
        { from_ms: 20_000, to_ms: 80_000, every_ms: 20_000, repeat: "Good. " },
        { at_ms: 80_000, send: '"},"finish_reason":"stop"}]}' },
        { at_ms: 80_500, end: true },
      ],
    },
    ends: "finished",
    at_ms: 80_500,
  },
];

for (const { name, host, ends, at_ms, timeouts } of CASES) {
  Deno.test(name, async () => {
    const { terminal, took_ms } = await timedTurn(host, timeouts ? { settings: { timeouts } } : {});
    assert.equal(terminal.type === "failed" ? terminal.kind : terminal.type, ends);
    assert.equal(took_ms, at_ms);
  });
}
