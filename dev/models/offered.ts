// What models the host has, where it says so: for an id that it does not know.
import { z } from "zod";
import { distance } from "fastest-levenshtein";
import type { ModelSettings } from "../../shared/llm/config.ts";

const List = z.object({ data: z.array(z.object({ id: z.string() })) }).transform(({ data }) => data);
/** Together answers with the list itself. */
const Models = z.union([List, z.array(z.object({ id: z.string() }))]);

const SHOWN = 5;

/** The ids of `GET /models`, or null where the host does not tell them. */
export async function offeredModels(
  { base_url, api_key }: Pick<ModelSettings, "base_url" | "api_key">,
  { fetch: get, signal }: { fetch: typeof fetch; signal: AbortSignal },
): Promise<string[] | null> {
  try {
    const response = await get(`${base_url.replace(/\/+$/, "")}/models`, {
      headers: { authorization: `Bearer ${api_key}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    return Models.parse(await response.json()).map(({ id }) => id);
  } catch {
    return null;
  }
}

/** How far a longer or a shorter form of a name is at most. */
const OTHER_FORM = 3;

/** The ids that are nearest to this one, the nearest first; whose they are said to be (`qwen/…`) does not count. */
export function nearestIds(id: string, ids: readonly string[]): string[] {
  const plain = (text: string) => text.toLowerCase().split("/").at(-1) ?? text;
  const wanted = plain(id);
  const far = (other: string) => {
    const form = other.includes(wanted) || wanted.includes(other);
    return Math.min(distance(wanted, other), form ? OTHER_FORM : Infinity);
  };
  return ids.map((other) => ({ other, far: far(plain(other)) }))
    .toSorted((a, b) => a.far - b.far || (a.other < b.other ? -1 : 1))
    .slice(0, SHOWN).map(({ other }) => other);
}
