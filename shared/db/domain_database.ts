// The one door from the engine to the domain, and a type's alone: the tables that tools see, as
// `deno task types` writes them. Nothing else of `shared/domain` is known here.
export type { Database as DomainDatabase } from "../domain/database.types.ts";
