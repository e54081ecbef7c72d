// `new-tools --diff`: how a file of tools would be made today.
import { lineDiff } from "./line_diff.ts";
import type { MadeTools } from "./make_tools.ts";
import { type NewToolsArguments, newToolsArguments } from "./new_tools_arguments.ts";
import type { ToolFiles } from "./project_files.ts";
import type { Told } from "./read_catalog.ts";
import { isUntold, staleNotes } from "./stale_notes.ts";
import type { EngineSchemas } from "../schema/engine_schemas.ts";

/** What was asked for when the file was made, as its head says; null where it says nothing. */
export function askedFor(text: string, into: string): NewToolsArguments | null {
  const command = /^\/\/ deno task new-tools (.+)$/m.exec(text)?.[1];
  if (command === undefined) return null;
  const words = [...command.matchAll(/(?:'[^']*'|\\'|[^\s'\\]+)+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\'/g, (quoted, inner?: string) => inner ?? quoted.slice(1))
  );
  const asked = newToolsArguments(["--into", into, ...words]);
  return asked === "help" || "problem" in asked ? null : asked;
}

/** What differs, in lines; none where nothing does. */
export function diffLines(made: MadeTools, files: ToolFiles, { told, schemas }: Noted): string[] {
  const { names, relation } = made.plan;
  const stale = staleNotes(made.plan, schemas, told);
  return [
    ...codeLines(made, files),
    ...(isUntold(made.plan, told)
      ? [
        `The database has not been told of all tools for ${names.nouns}. ` +
        `What writes their migration: new-tools --table ${relation.name} --migration-only`,
      ]
      : stale.length > 0
      ? [
        `What the database has been told of ${names.nouns} is not so any more. Put this into a migration:`,
        ...stale,
      ]
      : []),
  ];
}

/** What the database has been told, and where. */
export interface Noted {
  told: Told;
  schemas: EngineSchemas;
}

function codeLines({ plan, code }: MadeTools, { told, text }: ToolFiles): string[] {
  const diff = lineDiff(text ?? "", code, { before: told, after: `${told}, made today` });
  if (diff === "") return [];
  const [shown, columns] = [selected(text ?? ""), plan.relation.columns.map(({ name }) => name)];
  const came = plan.shown.columns.map(({ name }) => name).filter((name) => !mentions(text ?? "", name));
  const went = [...new Set(shown)].filter((name) => !columns.includes(name));
  return [
    ...(came.length > 0 ? [`New in ${plan.relation.quoted}: ${came.join(", ")}.`] : []),
    ...(went.length > 0 ? [`No more in ${plan.relation.quoted}: ${went.join(", ")}.`] : []),
    ...(came.length + went.length === 0
      ? [`The columns of ${plan.relation.quoted} are those that the file knows.`]
      : []),
    diff,
  ];
}

/** The columns that the file reads. */
function selected(text: string): string[] {
  const lists = [...text.matchAll(/^const (?:SHOWN|LISTED) =\s*"([^"]*)"/gm)].map(([, list = ""]) => list);
  return lists.flatMap((list) => list.split(", ")).filter((one) => !one.includes("("))
    .map((one) => one.replace(/::.*$/, ""));
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text);
}
