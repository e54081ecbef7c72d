// Whatever goes wrong, in whatever order: a turn ends with one terminal event, within its attempts, with the
// answer of one attempt alone.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Clock } from "../../../shared/async/clock.ts";
import type { ModelEvent } from "../../../shared/contracts/model.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import type { Usage } from "../../../shared/contracts/usage.ts";
import { createModel } from "../../../shared/llm/create_model.ts";
import {
  faultOfBody,
  faultOfFrame,
  faultOfRefusal,
  faultOfText,
} from "../../../shared/llm/failures/failure_kind.ts";
import { modelRow } from "../../../shared/llm/model_table.ts";
import { mendOf } from "../../../shared/llm/failures/row_mends.ts";
import { ACCOUNT_ERRORS } from "./account_errors.ts";
import { OVERFLOW_ERRORS } from "./overflow_errors.ts";
import { REQUEST_ERRORS } from "./request_errors.ts";
import { delta, DONE, finish, frame, piece, request, settings, text } from "../support.ts";

/** So long a wait for a host is none that ends. */
const LIMIT_MS = 20_000;

/** A wait between two attempts is over as soon as it is begun. */
const CLOCK: Clock = {
  now: () => 1_000,
  after(ms, fn) {
    let live = ms < LIMIT_MS;
    if (live) queueMicrotask(() => live && fn());
    return () => void (live = false);
  },
};

const streamed = (...frames: string[]) => () =>
  Promise.resolve(new Response(frames.join(""), { headers: { "content-type": "text/event-stream" } }));

const BEGINNINGS = {
  nothing: "",
  thinking: delta({ reasoning_content: "Hm." }),
  a_call: piece({ index: 0, id: "a", function: { name: "get_tasks", arguments: "" } }),
  text: text("Half"),
};
const ENDS = {
  cut: "",
  error_frame: frame({ error: { code: 503, message: "no" } }),
  filter: finish("content_filter") + DONE,
  broken: "data: {no json\n\n",
  overflow: frame({ error: { code: "context_length_exceeded", message: "no" } }),
};

const Answer = fc.oneof(
  fc.constantFrom(...OVERFLOW_ERRORS, ...ACCOUNT_ERRORS, ...REQUEST_ERRORS).map(({ status, body }) => () =>
    Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }))
  ),
  fc.tuple(
    fc.constantFrom(...Object.values(BEGINNINGS)),
    fc.constantFrom(...Object.values(ENDS)),
  ).map(([beginning, end]) => streamed(beginning, end)),
  fc.constant(() => Promise.reject(new TypeError("no route to host"))),
  fc.constant(streamed(text("  "), finish("stop"), DONE)),
  fc.constant(streamed(text("Hi."), finish("stop"), DONE)),
);

const TERMINAL = new Set<ModelEvent["type"]>(["finished", "failed", "aborted"]);

Deno.test("a turn ends with one terminal event, whatever sequence of faults it meets", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(Answer, { minLength: 1, maxLength: 8 }),
      fc.nat(6),
      fc.option(fc.nat(12), { freq: 4 }),
      async (answers, may_go_on, abort_at) => {
        let requests = 0;
        const spent: Usage[] = [];
        let refused_at: number | null = null;
        let logged = 0;
        const model = createModel({
          state: "ready",
          ...settings("http://host/v1"),
          timeouts: { first_frame_ms: LIMIT_MS, idle_ms: LIMIT_MS, overall_ms: LIMIT_MS },
          models: { balanced: [modelRow("first", []), modelRow("second", [])], speed: [] },
        }, {
          // The last answer is given again and again.
          fetch: () => (answers[Math.min(requests++, answers.length - 1)] ?? streamed())(),
          clock: CLOCK,
          log: { error: () => void (logged += 1) },
          random: () => 0.5,
        });
        const controller = new AbortController();
        const events: ModelEvent[] = [];
        const turn = model.streamTurn(request(), {
          signal: controller.signal,
          again(usage) {
            const goes_on = spent.push(usage) <= may_go_on;
            if (!goes_on) refused_at = requests;
            return Promise.resolve(goes_on);
          },
        });
        for await (const event of turn) {
          events.push(event);
          if (events.length === abort_at) controller.abort();
        }
        const last = events.at(-1);
        assert.ok(last && (last.type === "finished" || last.type === "failed" || last.type === "aborted"));
        assert.equal(events.filter(({ type }) => TERMINAL.has(type)).length, 1);
        assert.ok(requests <= 6, "three attempts a model at most");
        assert.ok(spent.length >= requests - 1, "asked before every further attempt");
        assert.ok(refused_at === null || requests === refused_at, "no attempt after a refused reservation");
        const counted = [...spent, last.usage].reduce((sum, { model_calls }) => sum + model_calls, 0);
        assert.equal(counted, requests, "every attempt is a call that is counted once");
        if (last.type === "finished") {
          assert.equal(last.text, "Hi.");
          assert.equal(last.reasoning, "", "what a failed attempt thought is not kept");
          assert.equal(logged, requests - 1);
        }
        if (last.type === "failed") assert.equal(logged, requests);
        const shown = events.filter(({ type }) => type === "text_delta").length;
        assert.ok(shown <= 1, "nothing is repeated after text");
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("any JSON, any text and any status is a fault of some kind or none, and never throws", () => {
  const Body = fc.letrec<{ body: Json }>((tie) => ({
    body: fc.oneof(
      { maxDepth: 5 },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constantFrom("rate_limit_exceeded", '{"error":{"message":"x"}}', "{'message': 'x'", "[{"),
      fc.array(tie("body"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...["toString", "status", "param", "retry_after", "native_finish_reason", "base_resp"],
          "error",
          "message",
          "code",
          "type",
          "detail",
          "loc",
          "msg",
          "metadata",
          "raw",
          "choices",
        ),
        tie("body"),
        { maxKeys: 4 },
      ),
    ),
  })).body;
  fc.assert(
    fc.property(Body, fc.integer({ min: 200, max: 599 }), (body, status) => {
      const text = JSON.stringify(body);
      const fault = faultOfRefusal({ status, headers: new Headers(), text }, 0);
      assert.equal(typeof fault.detail, "string");
      faultOfBody(body);
      faultOfFrame(body);
      faultOfText("", text);
      mendOf(text);
    }),
    { numRuns: 2_000 },
  );
});
