// The project's public keys, as supabase-js asks for them: whenever a token names a key that it does not know.
import type { Clock } from "../async/clock.ts";

const PATH = "/.well-known/jwks.json";
const MINUTE_MS = 60_000;

interface Answer {
  text: string;
  status: number;
  headers: Headers;
}

/**
 * A fetch that asks for the public keys at most once a minute, however many tokens name keys that nobody has. A new key
 * is known within that minute; the platform publishes one long before it signs with it. Only a success is kept.
 */
export function publicKeysOnceAMinute(fetcher: typeof fetch, clock: Pick<Clock, "now">): typeof fetch {
  let kept: { answer: Promise<Answer>; until: number } | null = null;
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.endsWith(PATH)) return await fetcher(input, init);
    if (kept === null || kept.until <= clock.now()) {
      kept = { answer: read(fetcher(input, init)), until: clock.now() + MINUTE_MS };
    }
    const asked = kept;
    const answer = await asked.answer.catch((error) => {
      if (kept === asked) kept = null;
      throw error;
    });
    if (answer.status !== 200 && kept === asked) kept = null;
    return new Response(answer.text, answer);
  };
}

async function read(asked: Promise<Response>): Promise<Answer> {
  const answer = await asked;
  const headers = new Headers({ "content-type": answer.headers.get("content-type") ?? "application/json" });
  return { status: answer.status, headers, text: await answer.text() };
}
