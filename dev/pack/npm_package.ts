// The client as `npm pack` takes it: a module of JavaScript and its declarations for every source, and a manifest.
import ts from "typescript";
import manifest from "../../client/manifest.json" with { type: "json" };
import { VERSION } from "../../shared/version.ts";
import type { Sources } from "./plain_sources.ts";

const OPTIONS: ts.CompilerOptions = {
  ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, strict: true },
  ...{ isolatedModules: true, isolatedDeclarations: true, declaration: true },
};

/** The files of the package by their paths. Throws where a source leaves a type to be guessed, as JSR does. */
export function npmFiles(sources: Sources): Sources {
  const files: Sources = new Map([["package.json", `${JSON.stringify(packageJson(), null, 2)}\n`]]);
  for (const [path, text] of sources) {
    const options = { compilerOptions: OPTIONS, fileName: path, reportDiagnostics: true };
    const declared = ts.transpileDeclaration(text, options);
    const [problem] = declared.diagnostics ?? [];
    if (problem) {
      throw new Error(
        `Cannot declare ${path}: ${ts.flattenDiagnosticMessageText(problem.messageText, "\n")}`,
      );
    }
    files.set(path.replace(/\.ts$/, ".d.ts"), asJavaScript(declared.outputText));
    const code = asJavaScript(ts.transpileModule(text, options).outputText);
    // A source of types alone has no code.
    if (!/^export \{\};$/m.test(code)) files.set(path.replace(/\.ts$/, ".js"), code);
  }
  return files;
}

/** Published modules name each other as they are published. */
function asJavaScript(text: string): string {
  return text.replaceAll(/(\bfrom "\.[^"]*)\.ts"/g, '$1.js"').replaceAll(/^\/\/ @ts-types=.*\n/gm, "");
}

function packageJson(): object {
  const entry = (name: string) => ({ types: `./${name}.d.ts`, default: `./${name}.js` });
  return {
    ...{ ...manifest, version: VERSION },
    type: "module",
    sideEffects: false,
    exports: { ".": entry("mod"), "./react": entry("react"), "./package.json": "./package.json" },
    types: "./mod.d.ts",
    engines: { node: ">=20" },
    peerDependencies: { react: ">=18" },
    peerDependenciesMeta: { react: { optional: true } },
  };
}
