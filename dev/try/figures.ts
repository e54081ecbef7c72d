// What the turns of an attempt cost, from their rows; the times are the client's.
import type { RunDetails } from "../../shared/contracts/run_view.ts";
import { addUsage, NO_USAGE, type Usage } from "../../shared/contracts/usage.ts";

export interface Timing {
  /** Null where no text came. */
  first_text_ms: number | null;
  total_ms: number;
}

export interface Figures {
  /** That answered, in the order in which they did. */
  models: string[];
  model_calls: number;
  tool_calls: number;
  input_tokens: number;
  output_tokens: number;
  /** Null where some of it is not known. */
  cost_usd: number | null;
  /** Of the turn that was slowest to begin. */
  first_text_ms: number | null;
  total_ms: number;
}

export const NO_FIGURES: Figures = {
  ...{ models: [], model_calls: 0, tool_calls: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0 },
  ...{ first_text_ms: null, total_ms: 0 },
};

/** The figures of one turn. */
export function figuresOf(run: RunDetails, { first_text_ms, total_ms }: Timing): Figures {
  const { model_calls, input_tokens, output_tokens, cost_usd } = usageOf(run);
  return {
    models: [
      ...new Set(run.threads.flatMap(({ messages }) => messages.flatMap((one) => one.model_used ?? []))),
    ],
    ...{ model_calls, input_tokens, output_tokens, cost_usd, first_text_ms, total_ms },
    tool_calls: run.tool_calls.length,
  };
}

/** Several turns, or tasks, together. */
export function sumOf(all: readonly Figures[]): Figures {
  return all.reduce((sum, one) => ({
    models: [...new Set([...sum.models, ...one.models])],
    model_calls: sum.model_calls + one.model_calls,
    tool_calls: sum.tool_calls + one.tool_calls,
    input_tokens: sum.input_tokens + one.input_tokens,
    output_tokens: sum.output_tokens + one.output_tokens,
    cost_usd: sum.cost_usd === null || one.cost_usd === null ? null : sum.cost_usd + one.cost_usd,
    first_text_ms: slower(sum.first_text_ms, one.first_text_ms),
    total_ms: sum.total_ms + one.total_ms,
  }), NO_FIGURES);
}

/** The mean of several attempts. */
export function meanOf(all: readonly Figures[]): Figures {
  const sum = sumOf(all);
  const mean = (value: number) => all.length === 0 ? 0 : Math.round(value / all.length);
  return {
    ...sum,
    model_calls: mean(sum.model_calls),
    tool_calls: mean(sum.tool_calls),
    input_tokens: mean(sum.input_tokens),
    output_tokens: mean(sum.output_tokens),
    cost_usd: sum.cost_usd === null || all.length === 0 ? null : sum.cost_usd / all.length,
    total_ms: mean(sum.total_ms),
  };
}

/** A run that has not ended has the usage of its steps. */
function usageOf({ usage, executions }: RunDetails): Usage {
  return usage ?? executions.flatMap((step) => step.usage ?? []).reduce(addUsage, NO_USAGE);
}

function slower(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.max(a, b);
}
