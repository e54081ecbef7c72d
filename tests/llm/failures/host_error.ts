// One error as a host words it, and the kind that it is.
import type { ModelFailureKind } from "../../../shared/contracts/model.ts";
import type { Json } from "../../../shared/contracts/text.ts";

export interface HostError {
  /** Whose words these are, or what is tried with them. */
  who: string;
  /** HTTP's. */
  status: number;
  /** JSON, or the text of a body that is none. */
  body: Json;
  kind: ModelFailureKind;
}

/** The errors of one kind with one status. */
export function errorsOf(
  kind: ModelFailureKind,
  status: number,
  bodies: Record<string, Json>,
): HostError[] {
  return Object.entries(bodies).map(([who, body]) => ({ who, status, body, kind }));
}

/** A body in OpenAI's shape. */
export function openai(message: string, fields: Record<string, Json> = {}): Json {
  return { error: { message, type: "invalid_request_error", param: null, code: null, ...fields } };
}
