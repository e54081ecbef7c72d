// Tokens whose signature has been looked at lately: a run's planner and its executors are sent the same one.
import type { Clock } from "../async/clock.ts";
import type { EngineClient } from "../db/clients.ts";

export type TokenAuth = Pick<EngineClient["auth"], "getClaims">;
type Answer = Awaited<ReturnType<TokenAuth["getClaims"]>>;

const MINUTE_MS = 60_000;
const MOST = 1_000;

/**
 * Has a signature that anybody can verify looked at once a minute, and never takes a token that has expired. supabase-js
 * itself keeps the keys for ten. An HS256 token is put to the auth server each time, which knows whether its session has
 * ended.
 */
export function verifiedOnceAMinute(auth: TokenAuth, clock: Pick<Clock, "now">): TokenAuth {
  const verified = new Map<string, { answer: Answer; until: number }>();
  return {
    async getClaims(token, options) {
      const known = token === undefined ? undefined : verified.get(token);
      if (known && clock.now() < known.until) return known.answer;
      const answer = await auth.getClaims(token, options);
      if (token !== undefined && answer.data && !answer.data.header.alg.startsWith("HS")) {
        const expires_at = answer.data.claims.exp * 1_000;
        verified.delete(token);
        verified.set(token, { answer, until: Math.min(clock.now() + MINUTE_MS, expires_at) });
        const [oldest] = verified.keys();
        if (verified.size > MOST && oldest !== undefined) verified.delete(oldest);
      }
      return answer;
    },
  };
}
