// The domain of a project that has no tools yet. Both files are the project's own from the moment they are written.

/** By path from the project's root. */
export const BLANK_DOMAIN: ReadonlyMap<string, string> = new Map([
  [
    "supabase/functions/_agent/domain/domain.ts",
    `// What the agents work on. \`deno task new-tools\` adds the tools of a table; the rest is yours to write.
import { defineDomain } from "../tools/define_domain.ts";

export const domain = defineDomain({
  // Ends the sentence "You are the planner of …", which every prompt pays for.
  about: "the data of this app",
  contexts: [],
  catalogue: [],
});
`,
  ],
  [
    "supabase/functions/_agent/domain/database.types.ts",
    `// The tables that tools see: none. \`deno task types --project\` writes them anew from the migrations.
type None = Record<never, never>;

export type Database = {
  public: { Tables: None; Views: None; Functions: None; Enums: None; CompositeTypes: None };
};
`,
  ],
]);
