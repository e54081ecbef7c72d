// Which schemas hold what a project's agents work on.
import type { Project } from "./project.ts";

/** What an extension makes: nothing in it is a table. */
const OF_EXTENSIONS = ["graphql_public"];

/** The schemas of its API but the engine's. An engine in `public` shares that one with the tables. */
export function domainSchemas(
  { schemas, engine_schema }: Pick<Project, "schemas" | "engine_schema">,
): string[] {
  const engines = engine_schema === "public" ? [] : [engine_schema];
  return schemas.filter((name) => ![...OF_EXTENSIONS, ...engines].includes(name));
}
