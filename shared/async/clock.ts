// Time, as the agents, the model's client and the database's are handed it: tests have one of their own.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once, `ms` from now; the function that comes back takes it off again. */
  after(ms: number, fn: () => void): () => void;
}
