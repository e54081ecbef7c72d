// Results of a run that was none, from the few figures that a test is about.
import type { Latency, Results, SystemResult } from "../../../../bench/peers/report/results.ts";

interface Given {
  name: string;
  kind: SystemResult["kind"];
  /** Every time of it. */
  ms: number;
  long?: Record<string, number>;
  postgres_s?: number | null;
}

export function resultsOf(systems: readonly Given[]): Results {
  return {
    taken: "2026-01-01",
    machine: { cpu: "a processor", cores: 2, memory_gb: 8 },
    versions: { node: "24", deno: "2", postgres: "18" },
    settings: {
      real: { first_token_ms: 300, tokens_per_second: 50 },
      rounds: { real: 1, fast: 1, bursts: 1, counted: 1 },
      burst: { simple: 50, complex: 20 },
      long: { tokens: 8_000, tokens_per_second: 120 },
    },
    systems: systems.map(resultOf),
  };
}

function resultOf({ name, kind, ms, long = { server: 1 }, postgres_s = 1 }: Given): SystemResult {
  const latency: Latency = {
    ...{ headers_ms: ms, first_byte_ms: ms, first_text_ms: ms, wall_ms: ms },
    requests: kind === "ours" ? 40 : null,
  };
  const use = { calls: 1, prompt_tokens: 1_000, at_once: 4, bytes: 2_048 };
  const burst = { total_ms: ms, p95_ms: ms, cpu: { server: 1 }, postgres_s, peak_mb: 100 };
  const counted = { statements: null, postgres_ms: 5 };
  return {
    ...{ name, title: name, kind, keeps: "nothing", remembers: true },
    footprint: { start_ms: ms, idle_mb: 50, node_modules_mb: null, packages: {} },
    model: { simple: use, tool: use, complex: use },
    counted: { simple: counted, tool: counted, complex: counted },
    fast: { simple: latency, tool: latency, complex: latency },
    real: { simple: latency, complex: latency },
    bursts: { simple: burst, complex: burst },
    long: { wall_ms: ms, bytes: 1_024, cpu: long },
  };
}
