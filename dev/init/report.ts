// What init prints: one line that says what is written, the files where they are asked for, and what to do next.
import { CONFIG_FILE } from "./config_toml.ts";
import { AGENT_FOLDER, type Engine } from "./engine.ts";
import { besideOf } from "./file_changes.ts";
import { LOCK_FILE } from "./lock.ts";
import type { WritePlan } from "./plan_write.ts";
import { MIGRATIONS_FOLDER, type Site } from "./site.ts";
import type { Change } from "./write_all.ts";
import { shellWord } from "../terminal/shell_word.ts";

type Line = (text?: string) => void;

/** Prints the line that says what is written, or would be. */
export function printWriting(
  line: Line,
  { named, lock }: Site,
  engine: Engine,
  plan: WritePlan,
  dry_run: boolean,
): void {
  const { version, schema } = engine;
  const what = lock === null
    ? `version ${version} into ${named}, schema ${schema}`
    : `version ${version} over ${lock.version} in ${named}, schema ${schema}`;
  const config = plan.config.length === 0 ? [] : [`config.toml: ${plan.config.join(", ")}`];
  line(`${dry_run ? "Would write" : "Writing"} ${what}: ${[...counts(plan.changes), ...config].join(", ")}`);
}

/** Prints what was left as the project has it. */
export function printLeft(
  line: Line,
  { clashes, left, notes }: Pick<WritePlan, "clashes" | "left" | "notes">,
): void {
  for (const path of clashes) line(`  ${path} stays as you have it; this version's is ${besideOf(path)}`);
  for (const path of left) line(`  ${path} is no longer the engine's. You have changed it, so it stays`);
  for (const note of notes) line(`  ${note}`);
}

/** Prints what to do after the engine has come into a project. */
export function printNext(line: Line, site: Site, { schema }: Engine): void {
  const named = shellWord(site.named);
  const exposed = schema === "public" ? [] : [
    `  # then: "${schema}" into Exposed schemas, in the project's API settings (not before the push)`,
  ];
  for (
    const text of [
      "",
      "Next, here:",
      `  deno task new-tools --into ${named} --table <a table of yours>   # again for each table`,
      `  deno task dev --project ${named}`,
      `Then say in ${AGENT_FOLDER}/domain/domain.ts, in "about", what your data are.`,
      "",
      "Hosted, in the project's folder:",
      "  npx supabase@3.1.0 db push --remote",
      ...exposed,
      "  npx supabase@3.1.0 secrets set --env-file .env                   # LLM_BASE_URL and its siblings",
      "  npx supabase@3.1.0 functions deploy --use-api",
    ]
  ) line(text);
}

/** Prints what to do after a new version has come. */
export function printNextOfUpgrade(line: Line, { named }: Site, changes: readonly Change[]): void {
  line("");
  line(`Next: deno task check-tools --project ${shellWord(named)}; hosted, in the project's folder:`);
  if (changes.some(({ path }) => path.startsWith(MIGRATIONS_FOLDER))) {
    line("  npx supabase@3.1.0 db push --remote");
  }
  line("  npx supabase@3.1.0 functions deploy --use-api");
}

function counts(changes: readonly Change[]): string[] {
  const isMigration = ({ path }: Change) => path.startsWith(MIGRATIONS_FOLDER);
  const isFile = (change: Change) =>
    !isMigration(change) && change.path !== CONFIG_FILE && change.path !== LOCK_FILE;
  const written = changes.filter(({ text }) => text !== null);
  const deleted = changes.filter((change) => change.text === null && isFile(change)).length;
  return [
    counted(written.filter(isFile).length, "file"),
    counted(written.filter(isMigration).length, "migration"),
    ...(deleted > 0 ? [`${counted(deleted, "file")} deleted`] : []),
  ];
}

/** A number with its word. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
