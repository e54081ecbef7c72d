// The `deno.json` beside the engine's files in a project, so that nothing is merged with one of the project's own.
import ts from "typescript";
import { z } from "zod";

const Config = z.object({
  imports: z.record(z.string(), z.string()),
  compilerOptions: z.record(z.string(), z.unknown()),
});

/** The pinned imports that these sources use, and the options under which they type-check. */
export function configOfImports(sources: readonly string[], config: string): string {
  const { imports, compilerOptions } = Config.parse(JSON.parse(config));
  const names = Object.keys(imports);
  const used = new Set(
    sources.flatMap(packagesOf).map((specifier) => {
      const key = names.includes(specifier)
        ? specifier
        : names.find((name) => name.endsWith("/") && specifier.startsWith(name));
      if (key === undefined) {
        throw new Error(`Cannot write the engine's deno.json: ${specifier} has no version`);
      }
      return key;
    }),
  );
  const pinned = Object.fromEntries(Object.entries(imports).filter(([name]) => used.has(name)));
  // A package.json of the project's would make Deno look for packages in its node_modules.
  return `${JSON.stringify({ imports: pinned, compilerOptions, nodeModulesDir: "none" }, null, 2)}\n`;
}

/** What a source imports that is no file and none of the runtime's own. */
function packagesOf(source: string): string[] {
  return ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => !/^(\.|node:)/.test(specifier));
}
