// Tokens with claims that no sign-in of the local stack gives, signed as its auth server signs them.
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { z } from "zod";
import { testStack } from "./stack.ts";

const Claims = z.looseObject({ sub: z.uuid() });

/** The token with other claims besides its own. */
export function withClaims(token: string, claims: object, secret: string = testStack().jwt_secret): string {
  const [head, body = ""] = token.split(".");
  const own = Claims.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
  const content = `${head}.${Buffer.from(JSON.stringify({ ...own, ...claims })).toString("base64url")}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}

/** The token that an OAuth client of the project's was issued for the same user. */
export function agentToken(token: string, secret: string = testStack().jwt_secret): string {
  return withClaims(token, { client_id: "7d1c2f4e-0c55-4c0e-9b9a-3f6f3a1f7c11" }, secret);
}
