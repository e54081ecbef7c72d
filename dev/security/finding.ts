// What the self-test tells: findings of the schema's own checks and of the probes have one shape.

export type Level = "error" | "warn" | "info";

export interface Finding {
  check_id: string;
  level: Level;
  /** What it is about, as an exception would name it. */
  object: string;
  /** What is wrong, and what to do. */
  detail: string;
}

/** A finding that stands in the table `security_exceptions`. */
export interface Excused extends Finding {
  reason: string;
}

/** Something that nobody has looked at, and why. */
export interface Unseen {
  object: string;
  why: string;
}

/** Everything that one run of the self-test came to. */
export interface Outcome {
  /** `shared`: one token for the user and the functions that act for them; `separate`: agents have their own. */
  mode: "shared" | "separate";
  database: { name: string; version: string; role: string };
  schemas: readonly string[];
  looked_at: { tables: number; views: number; functions: number; policies: number };
  checks: number;
  checks_ms: number;
  /** What every probe has tried, in the order in which they were made. */
  probes: readonly Tried[];
  probes_ms: number;
  findings: readonly Finding[];
  excused: readonly Excused[];
  unseen: readonly Unseen[];
}

export interface Tried {
  probe: string;
  tries: string;
  /** Relations that it was tried on, and those of them where there was no row to get at. */
  on: number;
  without_rows: number;
}
