// The engine's migrations as text, in the order in which they run.
import { migrationFiles } from "../../../dev/database/migrations.ts";
import { ENGINE_MIGRATIONS } from "../../../dev/parts.ts";

export interface Migration {
  name: string;
  text: string;
}

export const ENGINE_SQL: readonly Migration[] = (await migrationFiles([ENGINE_MIGRATIONS]))
  .map(({ name, url }) => ({ name, text: Deno.readTextFileSync(url) }));
