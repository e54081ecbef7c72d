// What `--remove` prints: what went, what stays, which data are lost, and what is to be done where it is hosted.
import { FUNCTIONS } from "./engine.ts";
import type { RemovePlan } from "./plan_remove.ts";
import { counted } from "./report.ts";
import type { Site } from "./site.ts";

/** Prints it, before or after. */
export function printRemoval(
  line: (text?: string) => void,
  { named }: Site,
  plan: RemovePlan,
  dry_run: boolean,
): void {
  const { schema, migration, config, left, changes } = plan;
  const deleted = counted(changes.filter(({ text }) => text === null).length, "file");
  const edited = config.length === 0 ? "" : `; out of config.toml: ${config.join(", ")}`;
  const hosted = [
    ...(schema === "public" ? [] : [
      `  # first: "${schema}" out of Exposed schemas, in the project's API settings: the API stops at one that is gone`,
    ]),
    `  npx supabase@3.1.0 functions delete ${FUNCTIONS[0]}`,
    `  npx supabase@3.1.0 functions delete ${FUNCTIONS[1]}`,
    "  npx supabase@3.1.0 db push --remote",
    "  # and: unschedule jobs of pg_cron that call the engine, unset the secrets of the model",
  ];
  for (
    const text of [
      `${dry_run ? "Would remove" : "Removed"} the engine from ${named}: ${deleted}${edited}`,
      `  ${migration} drops what it has made: ${
        schema === "public" ? "its objects, by name" : `the schema ${schema} and its helpers'`
      }`,
      ...left.map((path) => `  ${path} has changes of yours, so it stays: delete it yourself`),
      "",
      "With the migration, all that agents have kept is lost: sessions, messages, runs, plans, tool calls and what",
      "could be undone, rules, usage. Rows in your own tables stay, also those that agents wrote.",
      "",
      "Hosted, in the project's folder:",
      ...hosted,
      "",
      "Where nothing was ever pushed, the engine's migrations and this one can be deleted instead.",
    ]
  ) line(text);
}
