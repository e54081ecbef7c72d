// Ids in LLM_MODEL_TABLE and LLM_MODEL_PRICES that no model has: what stands there counts for nobody, and says so
// nowhere else.
import { distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Env } from "./model_env.ts";

const VARIABLES = ["LLM_MODEL_TABLE", "LLM_MODEL_PRICES"] as const;
const Ids = z.union([
  z.array(z.object({ id: z.string() })).transform((rows) => rows.map(({ id }) => id)),
  z.record(z.string(), z.unknown()).transform((prices) => Object.keys(prices)),
]);

/** So many letters may be wrong in an id that was meant for another. */
const WRONG_LETTERS = 2;

/** A sentence for each id that is none of `ids`; with `near`, only for those that are almost one of them. */
export function strayIds(env: Env, ids: readonly string[], which: "all" | "near"): string[] {
  return VARIABLES.flatMap((variable) =>
    idsIn(env[variable]).filter((id) => !ids.includes(id)).flatMap((id) => {
      const meant = ids.find((one) => distance(plain(one), plain(id)) <= WRONG_LETTERS);
      if (meant === undefined && which === "near") return [];
      const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
      return [`${variable} names ${id}, which is no model of yours, so that it counts for nobody.${hint}`];
    })
  );
}

/** The settings are valid where this is asked; what can't be read is told elsewhere. */
function idsIn(json: string | undefined): string[] {
  try {
    return Ids.parse(JSON.parse(json ?? ""));
  } catch {
    return [];
  }
}

function plain(id: string): string {
  return id.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
