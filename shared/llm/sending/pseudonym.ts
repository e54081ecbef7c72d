// The name under which a model host knows an end user: stable, so that hosts can keep users' caches and
// quotas apart, and not the user's id, which is nobody else's business.

/** The first 32 hex digits of the SHA-256 of `user:` and the user's id. */
export async function pseudonym(user_id: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`user:${user_id}`));
  const bytes = new Uint8Array(digest).subarray(0, 16);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
