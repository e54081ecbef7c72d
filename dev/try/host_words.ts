// What the model's host said last when a call failed, from the functions' log. Users are never shown it; who tries a
// model with a key of their own needs it.
import { z } from "zod";

const Failure = z.object({
  message: z.literal("A model call failed."),
  model: z.string(),
  status: z.int().optional(),
  detail: z.string(),
  /** The field of the model's row that mends it, and why. */
  mend: z.string().optional(),
});

export interface HostWords {
  /** Takes a line of any process of the stack. */
  hear(line: string): void;
  /** Null where no call has failed. */
  last(): string | null;
}

export function createHostWords(): HostWords {
  let last: z.infer<typeof Failure> | null = null;
  return {
    hear(line) {
      const { data } = Failure.safeParse(parsed(line));
      if (data) last = data;
    },
    last() {
      if (last === null) return null;
      const { model, status, detail, mend } = last;
      const at = status === undefined ? "" : ` with ${status}`;
      return [
        `The last call that failed, of ${model}, did so${at}: ${detail}`,
        ...(mend === undefined ? [] : [`A field of the model's row may mend it: ${mend}`]),
        `What its host takes: deno task models ${model}`,
      ].join("\n");
    },
  };
}

function parsed(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
