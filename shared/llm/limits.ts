// How much one turn may hold. A model in a loop, or a broken host, would otherwise fill the memory of the
// process; crossing one of these ends the turn with `output_limit`. Text is measured in UTF-16 units.

export const LIMITS = {
  text: 1_000_000,
  reasoning: 2_000_000,
  tool_calls: 64,
  arguments: 256_000,
  /** Milliseconds for the usage to follow a finish reason; it is estimated after that. */
  after_finish_ms: 2_000,
  /** Bytes of a response between two complete frames. */
  frame_bytes: 8_000_000,
  /** Bytes read of an answer that is no event stream. */
  error_bytes: 64_000,
} as const;
