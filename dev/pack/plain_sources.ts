// The client's sources as a package has them: in one folder, with the contracts beside them as plain types, and no
// import from elsewhere.
import { basename } from "node:path";
import ts from "typescript";
import { readPlainTypes } from "./plain_types.ts";

const ROOT = new URL("../../", import.meta.url);
const ENTRIES = ["client/mod.ts", "client/react.ts"];

/** By its path in the package: `mod.ts`, `contracts/events.ts`. */
export type Sources = Map<string, string>;

export async function plainSources(): Promise<Sources> {
  const sources: Sources = new Map();
  const needed = new Map<string, Set<string>>();
  const todo = [...ENTRIES];
  const seen = new Set<string>();
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = await Deno.readTextFile(new URL(path, ROOT));
    for (const { specifier, names, values } of importsOf(text)) {
      if (!specifier.startsWith(".")) continue;
      const target = new URL(specifier, new URL(path, ROOT)).href.slice(ROOT.href.length);
      const is_contract = target.startsWith("shared/contracts/");
      if (!is_contract || values) todo.push(target);
      if (!is_contract) continue;
      const file = basename(target);
      needed.set(file, new Set([...needed.get(file) ?? [], ...names]));
    }
    sources.set(placeOf(path), text.replaceAll("../shared/contracts/", "./contracts/"));
  }
  // What is kept whole has its own types.
  const missing = new Map([...needed].filter(([file]) => !sources.has(`contracts/${file}`)));
  for (const [file, text] of readPlainTypes().write(missing)) {
    if (!sources.has(`contracts/${file}`)) sources.set(`contracts/${file}`, text);
  }
  return sources;
}

function placeOf(path: string): string {
  return path.replace(/^client\//, "").replace(/^shared\//, "");
}

interface Import {
  specifier: string;
  names: string[];
  /** More than types. */
  values: boolean;
}

function importsOf(text: string): Import[] {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.ESNext);
  return file.statements.flatMap((node) => {
    const named = ts.isImportDeclaration(node)
      ? { bindings: node.importClause?.namedBindings, type_only: node.importClause?.isTypeOnly ?? false }
      : ts.isExportDeclaration(node)
      ? { bindings: node.exportClause, type_only: node.isTypeOnly }
      : null;
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : undefined;
    if (!named || !from || !ts.isStringLiteral(from)) return [];
    const { bindings, type_only } = named;
    const elements = bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings))
      ? [...bindings.elements]
      : [];
    return [{
      specifier: from.text,
      names: elements.map(({ propertyName, name }) => (propertyName ?? name).text),
      values: !type_only && elements.some((element) => !element.isTypeOnly),
    }];
  });
}
