// What is sent to a host is what that host takes, at every moment of a run and after any history.
import assert from "node:assert/strict";
import fc from "fast-check";
import { createModel } from "../../../shared/llm/create_model.ts";
import { modelRow } from "../../../shared/llm/model_table.ts";
import { toWire } from "../../../shared/llm/sending/to_wire.ts";
import type { WireBody } from "../../../shared/llm/sending/to_wire.ts";
import { strictHost } from "../../support/strict_host/strict_host.ts";
import { configured } from "../../support/wire/configured.ts";
import { MAKERS } from "../../support/wire/host_rules/makers.ts";
import { OTHERS } from "../../support/wire/host_rules/others.ts";
import { assistants, callsOf } from "../../support/wire/host_rules/rule.ts";
import { anyHistory, moments, signed, system, TOOLS, user } from "../../support/wire/histories.ts";
import { CLOCK, request } from "../support.ts";

const RULES = [...MAKERS, ...OTHERS];

for (const { who, models, refuses } of RULES) {
  Deno.test(`taken: ${who}`, () => {
    for (const [id, at] of models) {
      const { row } = configured(id, at);
      for (const [moment, changes] of Object.entries(moments(id))) {
        for (const profile of ["balanced", "speed"] as const) {
          const body = toWire(request({ tools: TOOLS, ...changes, profile }), row);
          assert.deepEqual([...refuses(body)], [], `${id} at ${at}, ${moment}: ${JSON.stringify(body)}`);
        }
      }
    }
  });
}

/** A row that says everything that some host refuses. */
const CARELESS = {
  token_limit_field: "max_tokens" as const,
  temperature: 0.7,
  stream_usage: true,
  extra_body: {
    reasoning_effort: "high",
    reasoning: { enabled: false },
    thinking: { type: "auto" },
    stop: ["."],
    provider: {},
  },
  think: "none" as const,
  echo: ["reasoning" as const],
  alternate_roles: false,
  call_ids: "free" as const,
  tool_choice_none: false,
  content_beside_calls: "" as const,
};

Deno.test("no rule takes everything", () => {
  for (const { who, models, refuses } of RULES) {
    const [id = ""] = models[0] ?? [];
    const hot = who.startsWith("MiniMax") && { temperature: 2 };
    const rows = [
      modelRow(id, [{ id, ...CARELESS, ...hot }]),
      { ...modelRow(id, [{ id, ...CARELESS }]), extra_body: {} },
    ];
    const refused = rows.flatMap((row) =>
      Object.values(moments(id)).flatMap((
        changes,
      ) => [...refuses(toWire(request({ tools: TOOLS, ...changes }), row))])
    );
    assert.ok(refused.length > 0, who);
  }
});

const MODELS = RULES.flatMap(({ models, refuses }) => models.map(([id, at]) => ({ id, at, refuses })));

Deno.test("taken: any history by any of these hosts", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...MODELS).chain(({ id, at, refuses }) =>
        fc.record({
          id: fc.constant(id),
          at: fc.constant(at),
          refuses: fc.constant(refuses),
          messages: anyHistory(id),
          tool_choice: fc.constantFrom(undefined, "none" as const),
        })
      ),
      ({ id, at, refuses, messages, tool_choice }) => {
        const body = toWire(request({ tools: TOOLS, messages, tool_choice }), configured(id, at).row);
        assert.deepEqual([...refuses(body)], [], `${id} at ${at}: ${JSON.stringify(body)}`);
      },
    ),
    { numRuns: 600 },
  );
});

Deno.test("whatever the row, calls stand with their results, and no two have one id", () => {
  fc.assert(
    fc.property(fc.constantFrom(...MODELS), anyHistory("x"), ({ id, at }, messages) => {
      const body = toWire(request({ messages }), configured(id, at).row);
      const sent = body.messages;
      assert.equal(sent[0]?.role, "system");
      for (const [i, message] of sent.entries()) {
        if (message.role !== "assistant" || !message.tool_calls) continue;
        const ids = message.tool_calls.map((call) => call.id);
        assert.equal(new Set(ids).size, ids.length);
        const results = sent.slice(i + 1, i + 1 + ids.length).flatMap((one) =>
          one.role === "tool" ? [one.tool_call_id] : []
        );
        assert.deepEqual(results, ids);
      }
      assert.equal(sent.filter(({ role }) => role === "tool").length, callsOf(body).length);
      assert.deepEqual(toWire(request({ messages }), configured(id, at).row), body, "the same bytes again");
    }),
  );
});

Deno.test("what a user said last is sent last, whatever came before", () => {
  fc.assert(
    fc.property(fc.constantFrom(...MODELS), anyHistory("x"), ({ id, at }, messages) => {
      const last = toWire(request({ messages }), configured(id, at).row).messages.at(-1);
      assert.ok(last?.role === "user" && last.content.endsWith("What now?"));
    }),
  );
});

const ECHOING: [id: string, at: string][] = [
  ["google/gemini-3-pro-preview", "https://openrouter.ai/api/v1"],
  ["gemini-3-pro-preview", "google"],
];

Deno.test("what a host handed out goes back to the model it came with, and to no other", () => {
  for (const [id, at] of ECHOING) {
    const { row } = configured(id, at);
    const sentAfter = (by: string) => {
      const said = signed({ role: "assistant", content: "Yes." }, by);
      const call = signed({
        role: "assistant",
        content: "",
        tool_calls: [{ id: "a", name: "get_tasks", arguments: "{}" }],
      }, by);
      const done = { role: "tool" as const, tool_call_id: "a", content: "[]" };
      return assistants(toWire(request({ messages: [system, user("a"), said, user("b"), call, done] }), row));
    };
    assert.match(JSON.stringify(sentAfter(id)), at === "google" ? new RegExp(`${id} signed a`) : /by google/);
    assert.doesNotMatch(JSON.stringify(sentAfter("another")), /by another|another signed/);
  }
});

Deno.test("through the client, too: no such host refuses a call at any moment", async () => {
  const refusals: string[] = [];
  let refuses: (body: WireBody) => Iterable<string> = () => [];
  await using host = strictHost({
    rules: [(body) => {
      const said = [...refuses(Object(body))];
      refusals.push(...said);
      return said.length === 0 ? null : { status: 400, body: { error: { message: said.join("; ") } } };
    }],
  });
  for (const { id, at, refuses: rule } of MODELS.filter((_, i) => i % 4 === 0)) {
    refuses = rule;
    const { settings } = configured(id, at);
    const model = createModel({ state: "ready", ...settings, base_url: host.url }, {
      fetch,
      clock: CLOCK,
      log: { error: () => {} },
      random: () => 0.5,
    });
    for (const changes of Object.values(moments(id))) {
      const signal = new AbortController().signal;
      for await (const event of model.streamTurn(request({ tools: TOOLS, ...changes }), { signal })) {
        assert.ok(event.type !== "failed", `${id} at ${at}: ${refusals.join("; ")}`);
      }
    }
  }
  assert.deepEqual(refusals, []);
});
