// The tools that a project has already.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { CREATE_PLAN_NAME, SUBMIT_RESULT_NAME } from "../../shared/contracts/built_in_tools.ts";
import type { ToolSchema } from "../../shared/contracts/model.ts";
import { estimateTokens } from "../../shared/llm/tokens.ts";

const Loaded = z.object({
  domain: z.object({
    catalogue: z.array(z.object({
      name: z.string(),
      schema: z.object({
        name: z.string(),
        description: z.string(),
        parameters: z.record(z.string(), z.json()),
      }),
    })),
  }),
});

export interface KnownTools {
  schemas: ToolSchema[];
}

/** Loads the project's domain. Errors: a sentence about why that can't be done. */
export async function knownTools(domain_folder: string): Promise<KnownTools> {
  const path = join(domain_folder, "domain.ts");
  const loaded: unknown = await import(pathToFileURL(path).href).catch((cause) => {
    const [first = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new Error(`${path} can't be loaded, so that nobody knows which tools there are: ${first}`, {
      cause,
    });
  });
  const { success, data } = Loaded.safeParse(loaded);
  if (!success) throw new Error(`${path} exports no domain as defineDomain makes it.`);
  return { schemas: data.domain.catalogue.map(({ schema }) => schema) };
}

/** The names that a new tool must not have, by whose they are. */
export function takenNames({ schemas }: KnownTools): Map<string, string> {
  return new Map([
    ...[CREATE_PLAN_NAME, SUBMIT_RESULT_NAME].map((name): [string, string] => [name, "the agents' own"]),
    ...schemas.map(({ name }): [string, string] => [name, "in the catalogue"]),
  ]);
}

/** What schemas cost in every prompt that has them, as it is estimated there. */
export function tokensOf(schemas: readonly ToolSchema[]): number {
  return schemas.length === 0 ? 0 : estimateTokens([], schemas);
}
