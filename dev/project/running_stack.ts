// Whether `deno task dev` runs on this machine, and for which project.
import { z } from "zod";

/** Where it is, if nobody said otherwise. */
export const USUAL_PORT = 54321;

const Told = z.object({ root: z.string() });

/** Who listens at `url`: the stack of a project, something else that answers, or nobody. */
export async function whoListensAt(url: string): Promise<{ root: string } | "another" | "nobody"> {
  try {
    const answer = await fetch(`${url}/stack`, { signal: AbortSignal.timeout(5_000) });
    const told = Told.safeParse(await answer.json().catch(() => null));
    return told.success ? { root: told.data.root } : "another";
  } catch {
    return "nobody";
  }
}
