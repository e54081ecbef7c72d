// The name under which a model host knows an end user: stable, so that hosts can keep users' caches and
// quotas apart, and not the user's id, which is nobody else's business.
import { createHash } from "node:crypto";

/** The first 32 hex digits of the SHA-256 of `user:` and the user's id. */
export function pseudonym(user_id: string): string {
  return createHash("sha256").update(`user:${user_id}`).digest("hex").slice(0, 32);
}
