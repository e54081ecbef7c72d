// Who is calling: the verified access token says, and nothing else does. Tokens with an asymmetric signature are
// verified here with the project's public keys; others, HS256 ones, are put to the auth server.
import { z } from "zod";
import { AgentError } from "../contracts/errors.ts";
import type { EngineClient } from "../db/clients.ts";
import type { IssuerCheck } from "./issuer.ts";

export interface Caller {
  user_id: string;
  token: string;
  /** What their agents act with, where that is another. */
  agent_token?: string;
}

/** Where a token stands: the caller's, and beside it that of their agents. */
export type TokenHeader = "authorization" | "x-agent-authorization";

/** What the auth server puts into the token of every signed-in user. */
const Claims = z.object({
  sub: z.uuid(),
  role: z.literal("authenticated"),
  aud: z.literal("authenticated").or(z.array(z.string()).refine((all) => all.includes("authenticated"))),
  iss: z.string().optional(),
});

const HOW = "Send the access token of a signed-in user as Authorization: Bearer <token>.";

/** The caller of a request. Errors: `unauthenticated`; `internal` when the auth server can't be asked. */
export async function authenticate(
  request: Request,
  auth: EngineClient["auth"],
  isIssuer: IssuerCheck,
  name: TokenHeader = "authorization",
): Promise<Caller> {
  const header = request.headers.get(name);
  if (header === null) throw new AgentError("unauthenticated", `There is no access token. ${HOW}`);
  const token = /^Bearer +([^\s,]+)$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new AgentError("unauthenticated", `The header ${name} is malformed. ${HOW}`);
  }

  const claims = Claims.safeParse(await verifiedClaims(token, auth));
  if (!claims.success) throw new AgentError("unauthenticated", `The access token is not a user's. ${HOW}`);
  if (!isIssuer(claims.data.iss)) {
    throw new AgentError("unauthenticated", `The access token is of another project. ${HOW}`);
  }
  return { user_id: claims.data.sub, token };
}

async function verifiedClaims(token: string, auth: EngineClient["auth"]): Promise<unknown> {
  const { data, error } = await auth.getClaims(token).catch((error: unknown) => ({ data: null, error }));
  if (data) return data.claims;
  if (isOutage(error)) {
    throw new AgentError("internal", "The access token can't be verified right now. Please try again.", {
      retryable: true,
      cause: error,
    });
  }
  throw new AgentError(
    "unauthenticated",
    "The access token is invalid or has expired. Please sign in again.",
    {
      cause: error,
    },
  );
}

/** supabase-js marks what a later try may mend; a token it can't even decode is thrown as some other error. */
function isOutage(error: unknown): boolean {
  return error instanceof Error && error.name === "AuthRetryableFetchError";
}
