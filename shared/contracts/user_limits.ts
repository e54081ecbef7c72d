// What a user may use up, what they have, and when there is room again.

/** Of a rolling window: the name says of what, and how long it is. */
export interface LimitWindow {
  name: "runs_per_hour" | "runs_per_day" | "tokens_per_hour" | "tokens_per_day";
  limit: number;
  used: number;
  /** ISO 8601: when another run may begin; null where one may now. */
  free_at: string | null;
}

/** The limits that are in force for a user. */
export interface Limits {
  windows: LimitWindow[];
  /** Runs that are under way: those that wait for a person, or to be taken over, are not. */
  running_runs: { limit: number; used: number };
}
