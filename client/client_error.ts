// What goes wrong for a client: an error that the server answered with, or a connection that broke.
import type { ErrorKind, Failure } from "../shared/contracts/errors.ts";
import type { Open } from "../shared/contracts/read_event.ts";
import { parseJson } from "./parse_json.ts";
import { shaped } from "./shapes.ts";

/** A kind of the server's, or `connection`: no answer came, or it broke off. */
export type ClientErrorKind = Open<ErrorKind | "connection">;

interface Details {
  kind: ClientErrorKind;
  /** The HTTP status; 0 where there was no answer. */
  status: number;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  retry_after_s?: number;
  /** The run that the error is about, such as the one that stands in the way of a new one. */
  run_id?: string;
  /** What has become of that run, where the server said it. */
  run_status?: string;
  /** What of the request the server has not taken. */
  field?: string;
  /** The event that can't be read; those behind it can be, from this number on. */
  seq?: number;
}

export class AgentClientError extends Error {
  override readonly name = "AgentClientError";
  declare readonly kind: ClientErrorKind;
  declare readonly status: number;
  declare readonly retryable: boolean;
  declare readonly retry_after_s?: number;
  declare readonly run_id?: string;
  declare readonly run_status?: string;
  declare readonly field?: string;
  declare readonly seq?: number;

  constructor(message: string, details: Details, options: ErrorOptions = {}) {
    super(message, options);
    Object.assign(this, details);
  }

  /** True where the run that was asked for was accepted: read it, and don't send the message again. */
  get run_accepted(): boolean {
    const { kind, run_id, run_status = "unknown" } = this;
    return kind !== "conflict" && run_id !== undefined && run_status !== "unknown";
  }

  /** True where it goes on besides. */
  get run_goes_on(): boolean {
    return this.run_accepted && this.run_status === "running";
  }
}

interface Answered extends Open<Failure> {
  run_id?: string;
  status?: string;
  field?: string;
}

const isErrorAnswer = shaped<{ error: Answered }>("error@");

/** What PostgREST and gateways say of an error, for whoever reads it. */
const hasMessage = shaped<{ message: string }>("message");

/** What a status means that a gateway or PostgREST answers with, for lack of a kind. */
const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  429: "rate_limited",
  504: "timeout",
};

/** The error that a response with a status of 400 or more stands for, the function's or a gateway's. */
export async function errorOfResponse(response: Response): Promise<AgentClientError> {
  const { status } = response;
  const answer = parseJson(await response.text().catch(() => ""));
  const after = Number(response.headers.get("retry-after") ?? NaN);
  const { message, status: run_status, ...told }: Answered = isErrorAnswer(answer) ? answer.error : {
    kind: KIND_OF_STATUS[status] ?? (status < 500 ? "bad_request" : "internal"),
    message: hasMessage(answer) ? answer.message : `The server answered ${status}.`,
    retryable: status >= 500 || status === 429,
  };
  const retry_after_s = after >= 0 ? after : undefined;
  return new AgentClientError(message, { ...told, status, run_status, retry_after_s });
}

/** What is refused before it is sent, or whatever else `more` says. */
export function notSent(
  message: string,
  { cause, ...more }: Partial<Details> & ErrorOptions = {},
): AgentClientError {
  return new AgentClientError(message, { kind: "bad_request", status: 0, retryable: false, ...more }, {
    cause,
  });
}

export function connectionError(message: string, cause?: unknown): AgentClientError {
  return notSent(message, { kind: "connection", retryable: true, cause });
}

/** An answer of another shape than the contract's: the client and the server do not fit together. */
export function unreadable(what: string, seq?: number): AgentClientError {
  const message = `The server sent ${what} that this client can't read. A newer client may.`;
  return notSent(message, { kind: "internal", status: 200, seq });
}
