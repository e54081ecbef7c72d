// The contracts as plain types, for whoever has the client and not zod: what is inferred from a schema is written out.
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const CONTRACTS = fileURLToPath(new URL("../../shared/contracts/", import.meta.url));

export interface PlainTypes {
  /** The file `name` with these of its types, and what they need; the names of further files are asked for by it. */
  write(needed: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string>;
}

type Declared = ts.TypeAliasDeclaration | ts.InterfaceDeclaration;

export function readPlainTypes(): PlainTypes {
  const files = [...Deno.readDirSync(CONTRACTS)].map(({ name }) => join(CONTRACTS, name));
  const zod = fileURLToPath(import.meta.resolve("zod")).replace(/\.js$/, ".d.ts");
  const program = ts.createProgram(files, {
    ...{ strict: true, noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true, types: [] },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    ...{ target: ts.ScriptTarget.ESNext, paths: { zod: [zod] } },
  });
  const checker = program.getTypeChecker();
  const declared = new Map<string, { file: string; node: Declared }>();
  for (const file of files) {
    for (const node of program.getSourceFile(file)?.statements ?? []) {
      if (!ts.isTypeAliasDeclaration(node) && !ts.isInterfaceDeclaration(node)) continue;
      declared.set(node.name.text, { file: basename(file), node });
    }
  }

  /** As it stands, or, where it is inferred from a value, written out. */
  function textOf(node: Declared): string {
    const text = node.getText();
    if (ts.isInterfaceDeclaration(node) || !/\bz\.|\btypeof\b/.test(node.type.getText())) {
      return exported(text);
    }
    const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias |
      ts.TypeFormatFlags.MultilineObjectLiterals;
    const type = checker.typeToString(checker.getTypeAtLocation(node.name), node.getSourceFile(), flags);
    return `export type ${node.name.text} = ${type.replaceAll(/import\("[^"]*"\)\./g, "")};`;
  }

  return {
    write(needed) {
      const written = new Map<string, Map<string, string>>();
      const todo = [...needed.values()].flatMap((names) => [...names]);
      for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
        const found = declared.get(name);
        if (!found) throw new Error(`Cannot write type ${name}: no contract declares it`);
        const own = written.get(found.file) ?? new Map<string, string>();
        if (own.has(name)) continue;
        const text = textOf(found.node);
        const docs = ts.getJSDocCommentsAndTags(found.node).map((doc) => `${doc.getText()}\n`).join("");
        written.set(found.file, own.set(name, `${docs}${text}`));
        todo.push(...namesIn(text).filter((other) => declared.has(other)));
      }
      return new Map([...written].map(([file, own]) => [file, fileText(file, own)]));
    },
  };

  function fileText(file: string, own: ReadonlyMap<string, string>): string {
    const imported = new Map<string, string[]>();
    for (const name of new Set([...own.values()].flatMap(namesIn))) {
      const other = declared.get(name);
      if (!other || other.file === file) continue;
      imported.set(other.file, [...imported.get(other.file) ?? [], name]);
    }
    const lines = [...imported].toSorted().map(([other, names]) =>
      `import type { ${names.toSorted().join(", ")} } from "./${other}";\n`
    );
    return [lines.join(""), ...own.values()].filter((text) => text !== "").join("\n") + "\n";
  }
}

function exported(text: string): string {
  return text.startsWith("export ") ? text : `export ${text}`;
}

/** What may name a type in a text, without what stands in comments and strings. */
function namesIn(text: string): string[] {
  return text.replaceAll(/\/\*[^]*?\*\/|"[^"]*"/g, "").match(/\b[A-Z]\w*/g) ?? [];
}
