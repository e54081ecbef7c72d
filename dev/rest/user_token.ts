// The user's token, checked in one go. Lite would import the key and verify by two trips to a thread pool on
// every request, which takes longer than the query; PostgREST keeps verified tokens in a cache.
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const Header = z.object({ alg: z.literal("HS256") });
const Claims = z.looseObject({ role: z.string(), exp: z.number(), iat: z.number().optional() });
export type Claims = z.infer<typeof Claims>;

/** The claims of a Bearer header that is valid at `now` (milliseconds); undefined for every other. */
export function verifiedClaims(
  authorization: string | null,
  secret: string,
  now: number,
): Claims | undefined {
  const [, head, body, signature] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? "") ?? [];
  if (head === undefined || body === undefined || signature === undefined) return undefined;
  if (!Header.safeParse(decode(head)).success) return undefined;
  const given = Buffer.from(signature, "base64url");
  const right = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const { data } = Claims.safeParse(decode(body));
  const seconds = Math.floor(now / 1000);
  return data && data.exp > seconds && (data.iat ?? 0) <= seconds ? data : undefined;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return undefined;
  }
}
