// Reading what callers send: the body as JSON, parameters of the path and the query. An error names the field.
import { z } from "zod";
import { AgentError } from "../contracts/errors.ts";
import { ClientId } from "../contracts/request.ts";
import { plainIssue } from "./plain_issue.ts";

/** The body, parsed. Errors: `bad_request` with the first field that is wrong. */
export async function parseBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await request.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new AgentError("bad_request", "The body is not JSON.", { cause });
  }
  return parseInput(body, schema);
}

/** Any input, parsed. Errors: `bad_request` with the first field that is wrong. */
export function parseInput<Schema extends z.ZodType>(input: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(input, { error: plainIssue });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const field = [...issue?.path ?? [], ...unknown].join(".");
  const reason = issue?.message ?? "is not valid";
  const message = field === "" ? `The body is not valid: ${reason}` : `${field}: ${reason}`;
  throw new AgentError("bad_request", message, { details: { field }, cause: parsed.error });
}

/** Parameters of the query, parsed; what supabase-js adds for the platform's gateway is left out. */
export function parseQuery<Schema extends z.ZodType>(
  { forceFunctionRegion: _region, ...query }: Record<string, string | undefined>,
  schema: Schema,
): z.output<Schema> {
  return parseInput(query, schema);
}

/** For a route that has no parameters. */
export const NoQuery = z.strictObject({});

/** An id of the path. One that is not a uuid names nothing, so it is `not_found` like any other. */
export function parseRunId(id: string): string {
  return parseId(id, "There is no such run.");
}

export function parseCallId(id: string): string {
  return parseId(id, "There is no such tool call.");
}

/** The id of a chat in a path, by the rule for those in bodies. */
export function parseChatId(id: string): string {
  return parseInput({ id }, ChatPath).id;
}

const ChatPath = z.object({ id: ClientId });

const Id = z.uuid();

function parseId(id: string, unknown: string): string {
  const parsed = Id.safeParse(id);
  if (!parsed.success) throw new AgentError("not_found", unknown);
  return parsed.data;
}
