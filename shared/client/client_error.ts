// What goes wrong for a client: an error that the server answered with, or a connection that broke.
import { z } from "zod";
import { ERROR_STATUS, ErrorKindSchema } from "../contracts/errors.ts";

export const ClientErrorKind = z.enum([...ErrorKindSchema.options, "connection"]);
/** A kind of the server's, or `connection`: no answer came, or it broke off. */
export type ClientErrorKind = z.infer<typeof ClientErrorKind>;

interface Details {
  kind: ClientErrorKind;
  /** The HTTP status; 0 where there was no answer. */
  status: number;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  retry_after_s?: number;
  /** The run that the error is about, such as the one that stands in the way of a new one. */
  run_id?: string;
}

export class AgentClientError extends Error {
  override readonly name = "AgentClientError";
  readonly kind: ClientErrorKind;
  readonly status: number;
  readonly retryable: boolean;
  readonly retry_after_s?: number;
  readonly run_id?: string;

  constructor(message: string, details: Details, options: ErrorOptions = {}) {
    super(message, options);
    this.kind = details.kind;
    this.status = details.status;
    this.retryable = details.retryable;
    this.retry_after_s = details.retry_after_s;
    this.run_id = details.run_id;
  }
}

const ErrorAnswer = z.object({
  error: z.object({
    kind: ErrorKindSchema,
    message: z.string(),
    retryable: z.boolean(),
    run_id: z.string().optional(),
  }),
});
const RetryAfter = z.string().regex(/^\d+$/).transform(Number);

/** The error that a response with a status of 400 or more stands for, the function's or a gateway's. */
export async function errorOfResponse(response: Response): Promise<AgentClientError> {
  const { status } = response;
  const text = await response.text().catch(() => "");
  const retry_after_s = RetryAfter.safeParse(response.headers.get("retry-after")).data;
  const answer = ErrorAnswer.safeParse(parseJson(text)).data?.error;
  if (answer) {
    const { message, ...rest } = answer;
    return new AgentClientError(message, { ...rest, status, retry_after_s });
  }
  const kind = ErrorKindSchema.options.find((one) => ERROR_STATUS[one] === status) ?? "internal";
  const retryable = status >= 500 || status === 429;
  return new AgentClientError(`The server answered ${status}.`, { kind, status, retryable, retry_after_s });
}

export function connectionError(message: string, cause?: unknown): AgentClientError {
  return new AgentClientError(message, { kind: "connection", status: 0, retryable: true }, { cause });
}

/** An answer of another shape than the contract's: the client and the server do not fit together. */
export function unreadable(what: string, cause: unknown): AgentClientError {
  const message = `The server sent ${what} that this client can't read. A newer client may.`;
  return new AgentClientError(message, { kind: "internal", status: 200, retryable: false }, { cause });
}

/** Text as JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
