// One data frame of a streamed completion, as hosts really send it: every field may be missing, null or of
// the wrong type, and then counts as absent. Only what we use is read.
import { z } from "zod";

const Text = z.string().nullish().catch(null);

const ToolCallDelta = z.object({
  index: z.number().nullish().catch(null),
  id: Text,
  /** A piece of JSON text; some hosts send an object, null or nothing. */
  function: z.object({ name: Text, arguments: z.unknown().optional() }).nullish().catch(null),
});
export type ToolCallDelta = z.infer<typeof ToolCallDelta>;

const Choice = z.object({
  delta: z.object({
    content: Text,
    /** DeepSeek's name and OpenRouter's; hosts that send both send the same text twice. */
    reasoning_content: Text,
    reasoning: Text,
    tool_calls: z.array(ToolCallDelta.nullish().catch(null)).nullish().catch(null),
  }).nullish().catch(null),
  finish_reason: Text,
  usage: z.unknown().optional(),
});
export type Choice = z.infer<typeof Choice>;

const WireChunk = z.object({
  choices: z.array(Choice.nullish().catch(null)).nullish().catch(null),
  model: Text,
  usage: z.unknown().optional(),
  object: z.unknown().optional(),
  message: z.unknown().optional(),
  code: z.unknown().optional(),
  type: z.unknown().optional(),
});
export type WireChunk = z.infer<typeof WireChunk>;

/** Any frame as a chunk; one that is no object at all is an empty chunk. */
export function readChunk(frame: unknown): WireChunk {
  return WireChunk.safeParse(frame).data ?? WireChunk.parse({});
}

/** vLLM sends an error as a frame of its own, with no `error` field that a client would look for. */
export function isErrorFrame(chunk: WireChunk): boolean {
  if (Array.isArray(chunk.choices)) return false;
  return chunk.object === "error" || (typeof chunk.message === "string" && chunk.code !== undefined);
}
