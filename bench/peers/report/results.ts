// What one run has measured: the figures that the report is made of. All are medians where there were several rounds.
import type { Kind, Pace } from "../model/job.ts";

export interface Results {
  taken: string;
  machine: { cpu: string; cores: number; memory_gb: number };
  versions: { node: string; deno: string; postgres: string };
  settings: Settings;
  systems: SystemResult[];
}

export interface Settings {
  real: Pace;
  rounds: { real: number; fast: number; bursts: number; counted: number };
  burst: Record<BurstKind, number>;
  long: { tokens: number; tokens_per_second: number };
}

export const REAL_KINDS = ["simple", "complex"] as const;
export type RealKind = typeof REAL_KINDS[number];
export const BURST_KINDS = ["simple", "complex"] as const;
export type BurstKind = typeof BURST_KINDS[number];

export interface SystemResult {
  name: string;
  title: string;
  kind: "limit" | "peer" | "ours";
  keeps: string;
  footprint: Footprint;
  model: Record<Kind, ModelUse>;
  /** Whether a second turn is sent the first. */
  remembers: boolean;
  counted: Record<Kind, Counted>;
  fast: Record<Kind, Latency>;
  real: Record<RealKind, Latency>;
  bursts: Record<BurstKind, Burst>;
  long: LongAnswer;
}

export interface Footprint {
  start_ms: number;
  idle_mb: number;
  node_modules_mb: number | null;
  packages: Record<string, string>;
}

/** What a turn asks of the model. */
export interface ModelUse {
  calls: number;
  prompt_tokens: number;
  at_once: number;
  /** What the turn streams to the client. */
  bytes: number;
}

/** What a turn asks of the database, at a model of 0 ms. */
export interface Counted {
  /** Null where the server does not count. */
  statements: { all: number; own: number } | null;
  postgres_ms: number | null;
}

export interface Latency {
  headers_ms: number;
  first_byte_ms: number;
  first_text_ms: number;
  wall_ms: number;
  /** Requests of our functions to the database; null for others, who ask it directly. */
  requests: number | null;
}

export interface Burst {
  total_ms: number;
  p95_ms: number;
  /** CPU seconds by process. */
  cpu: Record<string, number>;
  postgres_s: number | null;
  /** The largest of all rounds. */
  peak_mb: number;
}

export interface LongAnswer {
  wall_ms: number;
  cpu: Record<string, number>;
  bytes: number;
}
