// How much one turn may hold. A model in a loop, or a broken host, would otherwise fill the memory of the
// process; crossing one of these ends the turn with `output_limit`. Text is measured in UTF-16 units.

export const LIMITS = {
  text: 1_000_000,
  reasoning: 2_000_000,
  tool_calls: 64,
  /** Of a tool's name; the rest of a longer one is not even recorded. */
  name: 200,
  /** Of a call's id; a call with a longer one gets one of ours. */
  id: 200,
  arguments: 256_000,
  /** Levels of objects and arrays in the arguments of a call. */
  depth: 64,
  /** Of what goes back to the host with the history. */
  echo: 2_000_000,
  /** Milliseconds for the usage to follow a finish reason; it is estimated after that. */
  after_finish_ms: 2_000,
  /** Bytes of a response between two complete frames. */
  frame_bytes: 8_000_000,
  /** Bytes read of an answer that is no event stream. */
  error_bytes: 64_000,
} as const;
