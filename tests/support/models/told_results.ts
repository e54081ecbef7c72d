// What a model was told of its calls.
import { z } from "zod";
import type { ModelRequestBody } from "./model_script.ts";

const Messages = z.array(z.looseObject({ role: z.string(), content: z.unknown() }));

/** The results in a request, as the texts that they were sent as, in the order of the calls. */
export function toldResults(request: ModelRequestBody | undefined): string[] {
  return Messages.parse(request?.messages).flatMap(({ role, content }) =>
    role === "tool" ? [z.string().parse(content)] : []
  );
}
