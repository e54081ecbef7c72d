// The tools of tables whose files are there already, as they would be made today.
import { type MadeTools, makeTools } from "./make_tools.ts";
import { namesFor } from "./naming.ts";
import type { NewToolsArguments } from "./new_tools_arguments.ts";
import { type ToolFiles, toolFiles } from "./project_files.ts";
import type { Catalog } from "./read_catalog.ts";
import type { Project } from "../project/project.ts";
import { askedFor } from "./show_diff.ts";

export interface MadeAgain {
  files: ToolFiles;
  made: MadeTools | { problems: string[] };
}

/** The tables that are asked for. */
export function tablesOf(
  { all, tables }: NewToolsArguments,
  { relations, engine_tables }: Catalog,
): string[] {
  return all ? relations.map(({ name }) => name).filter((name) => !engine_tables.includes(name)) : tables;
}

/** Makes them by the flags that their files were made by. Errors: a table that is named has no file. */
export async function madeAgain(
  project: Project,
  asked: NewToolsArguments,
  catalog: Catalog,
): Promise<MadeAgain[]> {
  const { engine_schema } = project;
  const again: MadeAgain[] = [];
  for (const table of tablesOf(asked, catalog)) {
    const names = namesFor(table.replace(/^public\./, ""), asked.one);
    const files = "problem" in names ? null : await toolFiles(project, names.file);
    if (files?.text == null) {
      if (asked.all) continue;
      const flag = asked.mode === "diff" ? "--diff" : "--migration-only";
      throw new Error(`There are no tools for "${table}" yet: leave ${flag} out.`);
    }
    const made = await makeTools(table, askedFor(files.text, asked.into) ?? asked, {
      catalog,
      engine_schema,
    });
    again.push({ files, made });
  }
  return again;
}
