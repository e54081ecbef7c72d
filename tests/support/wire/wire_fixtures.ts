// The fixtures of the model boundary by name, and frames for the turns that the tests put around them.
import { BROKEN_STREAMS } from "../../llm/fixtures/broken_streams.ts";
import { ERRORS } from "../../llm/fixtures/errors.ts";
import { FINISH_REASONS } from "../../llm/fixtures/finish.ts";
import type { WireFixture } from "../../llm/fixtures/fixture.ts";
import { MARKUP } from "../../llm/fixtures/markup.ts";
import { TEXT } from "../../llm/fixtures/text.ts";
import { THINKING } from "../../llm/fixtures/thinking.ts";
import { TOOLS } from "../../llm/fixtures/tools.ts";
import { USAGE_REPORTS } from "../../llm/fixtures/usage.ts";
import { DONE, finish, piece, stream, text, USAGE, usage } from "../../llm/support.ts";
import { planArguments, type PlannedStep } from "../agents/plans.ts";
import type { WireTurn } from "./wire_server.ts";

const FIXTURES = [TEXT, USAGE_REPORTS, ERRORS, BROKEN_STREAMS, FINISH_REASONS, TOOLS, MARKUP, THINKING]
  .flat();

/** The fixture of this name; throws when there is none. */
export function fixtureOf(name: string): WireFixture {
  const fixture = FIXTURES.find((one) => one.name === name);
  if (!fixture) throw new Error(`There is no wire fixture ${name}`);
  return fixture;
}

/** A turn that answers in text, and reports usage. */
export function answering(content: string): WireTurn {
  return stream(text(content), finish("stop"), usage(USAGE), DONE);
}

export interface Call {
  name: string;
  /** JSON text, or a value to be written as such. */
  arguments: unknown;
}

/** A turn that calls tools, and reports usage. */
export function calling(...calls: Call[]): WireTurn {
  return stream(
    ...calls.map(({ name, arguments: args }, index) =>
      piece({
        index,
        id: `call_${index}`,
        function: { name, arguments: typeof args === "string" ? args : JSON.stringify(args) },
      })
    ),
    finish("tool_calls"),
    usage(USAGE),
    DONE,
  );
}

/** The planner's turn that makes a plan. */
export function planning(...steps: PlannedStep[]): WireTurn {
  return calling({ name: "create_plan", arguments: planArguments(steps) });
}

/** The turn that hands in a step's result. */
export function submitting(summary: string): WireTurn {
  return calling({ name: "submit_result", arguments: { status: "completed", summary } });
}
