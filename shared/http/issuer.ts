// Whose tokens count: those of the project's own auth server.
import { z } from "zod";

/** Whether a token that says `iss` is the project's. */
export type IssuerCheck = (iss: string | undefined) => boolean;

export const ISSUERS_VARIABLE = "AUTH_ISSUERS";

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The issuers in AUTH_ISSUERS, with commas between them, or else the auth server at the project's URL. On a local stack,
 * which is reached without TLS, functions know that server under another name than browsers do, and not every local
 * auth server names itself: there any issuer on loopback counts, and none. Throws when the list is none of URLs.
 */
export function issuerCheck(supabase_url: string, env: Record<string, string | undefined>): IssuerCheck {
  const issuers = (env[ISSUERS_VARIABLE] ?? "").split(",").map((one) => one.trim()).filter((one) =>
    one !== ""
  );
  if (issuers.length > 0) {
    const known = z.array(z.url({ error: `${ISSUERS_VARIABLE} must be URLs with commas between them` }))
      .parse(
        issuers,
      );
    return (iss) => iss !== undefined && known.includes(iss);
  }
  const project = new URL(supabase_url);
  const own = `${project.origin}/auth/v1`;
  if (project.protocol === "https:") return (iss) => iss === own;
  return (iss) => iss === undefined || iss === own || isLoopback(iss);
}

function isLoopback(iss: string): boolean {
  return URL.canParse(iss) && LOOPBACK.includes(new URL(iss).hostname);
}
