// Who is calling: the verified access token says, and nothing else does. Tokens with an asymmetric signature are
// verified here with the project's public keys; HS256 ones are put to the auth server, or ride on the first answer of the
// database, which verifies each token that comes to it.
import { z } from "zod";
import { AgentError } from "../contracts/errors.ts";
import type { IssuerCheck } from "./issuer.ts";
import type { TokenAuth } from "./verified_tokens.ts";

export interface Caller {
  user_id: string;
  token: string;
  /** What their agents act with, where that is another. */
  agent_token?: string;
}

/** A caller as their token has it. An HS256 one may be anybody's until `verify` has resolved. */
export interface TokenBearer extends Caller {
  /** Errors: `unauthenticated`; `internal` when the auth server can't be asked. */
  verify(): Promise<void>;
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
  auth: TokenAuth,
  isIssuer: IssuerCheck,
  name: TokenHeader = "authorization",
): Promise<Caller> {
  const token = tokenIn(request, name);
  return { user_id: userOf(await verifiedClaims(token, auth), isIssuer), token };
}

/** Whom a request says that it is from: verified, but for an HS256 token. Errors: as those of `authenticate`. */
export async function identify(
  request: Request,
  auth: TokenAuth,
  isIssuer: IssuerCheck,
  now: number,
): Promise<TokenBearer> {
  const token = tokenIn(request, "authorization");
  const claims = hs256Claims(token);
  if (claims === null) {
    const user_id = userOf(await verifiedClaims(token, auth), isIssuer);
    return { user_id, token, verify: () => Promise.resolve() };
  }
  const { exp } = Lifetime.catch({ exp: 0 }).parse(claims);
  if (exp * 1_000 <= now) throw invalid(null);
  const user_id = userOf(claims, isIssuer);
  return { user_id, token, verify: async () => void await verifiedClaims(token, auth) };
}

/**
 * What `first` gives, which is an answer of the database to the bearer's token. Where it fails the token may not have
 * been looked at: nothing is told of the failure before it is verified.
 */
export async function riding<T>(bearer: TokenBearer, first: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    await bearer.verify();
    throw error;
  }
}

function tokenIn({ headers }: Request, name: TokenHeader): string {
  const header = headers.get(name);
  if (header === null) throw new AgentError("unauthenticated", `There is no access token. ${HOW}`);
  const token = /^Bearer +([^\s,]+)$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new AgentError("unauthenticated", `The header ${name} is malformed. ${HOW}`);
  }
  return token;
}

/** The user that a token of the project's is of. */
function userOf(payload: unknown, isIssuer: IssuerCheck): string {
  const claims = Claims.safeParse(payload);
  if (!claims.success) throw new AgentError("unauthenticated", `The access token is not a user's. ${HOW}`);
  if (!isIssuer(claims.data.iss)) {
    throw new AgentError("unauthenticated", `The access token is of another project. ${HOW}`);
  }
  return claims.data.sub;
}

const Header = z.object({ alg: z.literal("HS256") });
const Lifetime = z.object({ exp: z.number() });

/** What a token claims that only those who have the secret can verify; null for every other. */
function hs256Claims(token: string): unknown {
  const [head = "", body = "", signature, ...rest] = token.split(".");
  if (!signature || rest.length > 0) return null;
  try {
    return Header.safeParse(jsonIn(head)).success ? jsonIn(body) : null;
  } catch {
    return null;
  }
}

/** The JSON value that a part of a token is. Throws where it is none. */
function jsonIn(part: string): unknown {
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))));
}

async function verifiedClaims(token: string, auth: TokenAuth): Promise<unknown> {
  const { data, error } = await auth.getClaims(token).catch((error: unknown) => ({ data: null, error }));
  if (data) return data.claims;
  if (isOutage(error)) {
    throw new AgentError("internal", "The access token can't be verified right now. Please try again.", {
      retryable: true,
      cause: error,
    });
  }
  throw invalid(error);
}

function invalid(cause: unknown): AgentError {
  const message = "The access token is invalid or has expired. Please sign in again.";
  return new AgentError("unauthenticated", message, { cause });
}

/** supabase-js marks what a later try may mend; a token it can't even decode is thrown as some other error. */
function isOutage(error: unknown): boolean {
  return error instanceof Error && error.name === "AuthRetryableFetchError";
}
