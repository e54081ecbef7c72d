// Every quirk of a host that is known, played as raw bytes over HTTP, ends in exactly one event.
import assert from "node:assert/strict";
import type { ModelEvent } from "../../shared/contracts/model.ts";
import { BODIES } from "./fixtures/bodies.ts";
import { BROKEN_STREAMS } from "./fixtures/broken_streams.ts";
import { CALL_QUIRKS } from "./fixtures/call_quirks.ts";
import { ERRORS } from "./fixtures/errors.ts";
import { FINISH_REASONS } from "./fixtures/finish.ts";
import { HARMONY } from "./fixtures/harmony.ts";
import { HOST_ERRORS } from "./fixtures/host_errors.ts";
import { MARKUP } from "./fixtures/markup.ts";
import { RETRIES } from "./fixtures/retries.ts";
import { TEXT } from "./fixtures/text.ts";
import { THINKING } from "./fixtures/thinking.ts";
import { TOOLS } from "./fixtures/tools.ts";
import { TURN_ENDS } from "./fixtures/turn_ends.ts";
import { USAGE_REPORTS } from "./fixtures/usage.ts";
import { FRAMING } from "./fixtures/framing.ts";
import { SHAPES } from "./fixtures/shapes.ts";
import { SHAPES_OF_CHOICES } from "./fixtures/choices.ts";
import { FINISH_WORDS } from "./fixtures/finish_words.ts";
import { USAGE_PLACES } from "./fixtures/usage_places.ts";
import { ECHOES } from "./fixtures/echoes.ts";
import { cutHost } from "./cut_host.ts";
import { collect, runTurn } from "./support.ts";

const FIXTURES = [
  ECHOES,
  USAGE_PLACES,
  FINISH_WORDS,
  SHAPES_OF_CHOICES,
  SHAPES,
  BODIES,
  FRAMING,
  TEXT,
  HOST_ERRORS,
  RETRIES,
  USAGE_REPORTS,
  ERRORS,
  BROKEN_STREAMS,
  FINISH_REASONS,
  TOOLS,
  CALL_QUIRKS,
  MARKUP,
  THINKING,
  HARMONY,
  TURN_ENDS,
]
  .flat();

/** The JSON parser's own words about broken arguments differ between versions of Deno. */
function withoutParserWords(event: ModelEvent): ModelEvent {
  if (event.type !== "finished") return event;
  const tool_calls = event.tool_calls.map((call) =>
    call.arguments.ok || !call.arguments.problem.startsWith("The arguments cannot be read as JSON: ")
      ? call
      : { ...call, arguments: { ...call.arguments, problem: "" } }
  );
  return { ...event, tool_calls };
}

for (const fixture of FIXTURES) {
  Deno.test(`${fixture.name}: ${fixture.policy}`, async () => {
    const run = await runTurn(fixture.turns, fixture.options);
    assert.deepEqual(withoutParserWords(run.terminal), fixture.terminal);
    const before = run.events.slice(0, -1);
    if (fixture.events) assert.deepEqual(before, fixture.events);
    assert.ok(before.every(({ type }) => !["finished", "failed", "aborted"].includes(type)));
    if (run.terminal.type === "finished") assert.equal(run.shown, run.terminal.text);
    fixture.check?.(run);
    // Where its bytes are cut makes no difference.
    for (const bytes_at_once of [1, 7]) {
      const host = cutHost(fixture.turns, bytes_at_once);
      if (host === null) continue;
      const cut = await collect("http://host/v1", { ...fixture.options, fetch: host });
      assert.deepEqual(cut.events, run.events, `in pieces of ${bytes_at_once}`);
    }
  });
}

Deno.test("every fixture has a name of its own", () => {
  assert.equal(new Set(FIXTURES.map(({ name }) => name)).size, FIXTURES.length);
});
