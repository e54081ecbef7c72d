// Puts tools into a project's `domain.ts`: their import, the catalogue, the kind's name among the contexts. Only text is
// added; what stands there stays as it is.
import ts from "typescript";

export interface Added {
  /** The name that the file of tools exports. */
  list: string;
  /** Its path from `domain.ts`. */
  path: string;
  /** The kind that a chat can be about; null where no row has a key. */
  context: string | null;
}

/** What a person would add by hand. */
export function linesFor({ list, path, context }: Added): string[] {
  return [
    `import { ${list} } from ${JSON.stringify(path)};`,
    `  catalogue: [..., ...${list}],`,
    ...(context === null ? [] : [`  contexts: [..., ${JSON.stringify(context)}],`]),
  ];
}

/** The file with them; null where it has not the two lists in the form that `init` wrote them in. */
export function insertLines(source: string, added: readonly Added[]): string | null {
  let text = source;
  for (const one of added) {
    const next = insertOne(text, one);
    if (next === null) return null;
    text = next;
  }
  return text;
}

function insertOne(source: string, { list, path, context }: Added): string | null {
  const file = ts.createSourceFile("domain.ts", source, ts.ScriptTarget.Latest, true);
  const lists = listsOf(file);
  const imports = file.statements.filter(ts.isImportDeclaration);
  const last = imports.at(-1);
  if (lists === null || last === undefined) return null;
  const { catalogue, contexts } = lists;
  const is_imported = imports.some(({ moduleSpecifier }) =>
    ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text === path
  );
  const is_listed = catalogue.elements.some((one) =>
    ts.isSpreadElement(one) && one.expression.getText(file) === list
  );
  const is_context = contexts.elements.some((one) => ts.isStringLiteral(one) && one.text === context);
  const edits = [
    ...(is_imported ? [] : [{ at: last.end, text: `\nimport { ${list} } from ${JSON.stringify(path)};` }]),
    ...(is_listed ? [] : [appended(catalogue, `...${list}`, file)]),
    ...(is_context || context === null ? [] : [appended(contexts, JSON.stringify(context), file)]),
  ];
  return edits.toSorted((a, b) => b.at - a.at).reduce(
    (text, edit) => text.slice(0, edit.at) + edit.text + text.slice(edit.at),
    source,
  );
}

/** The two lists in the call of `defineDomain`, where they are lists and no names of such. */
function listsOf(file: ts.SourceFile) {
  let found: { catalogue: ts.ArrayLiteralExpression; contexts: ts.ArrayLiteralExpression } | null = null;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === "defineDomain") {
      const [domain] = node.arguments;
      if (domain === undefined || !ts.isObjectLiteralExpression(domain)) return;
      const [catalogue, contexts] = [listAt(domain, "catalogue", file), listAt(domain, "contexts", file)];
      if (catalogue && contexts) found = { catalogue, contexts };
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found as { catalogue: ts.ArrayLiteralExpression; contexts: ts.ArrayLiteralExpression } | null;
}

function listAt(object: ts.ObjectLiteralExpression, name: string, file: ts.SourceFile) {
  const property = object.properties.find((one) => one.name?.getText(file) === name);
  if (property === undefined || !ts.isPropertyAssignment(property)) return undefined;
  return ts.isArrayLiteralExpression(property.initializer) ? property.initializer : undefined;
}

/** One more element at the end: on a line of its own where the others have theirs. */
function appended(list: ts.ArrayLiteralExpression, element: string, file: ts.SourceFile) {
  const { elements } = list;
  const last = elements.at(-1);
  if (last === undefined) {
    const line = file.text.slice(file.text.lastIndexOf("\n", list.getStart(file)) + 1);
    const outer = /^[ \t]*/.exec(line)?.[0] ?? "";
    return { at: list.end - 1, text: `\n${outer}  ${element},\n${outer}` };
  }
  const own_lines = file.text.slice(list.getStart(file), last.getStart(file)).includes("\n");
  if (!own_lines) return { at: last.end, text: `, ${element}` };
  const indent = /[ \t]*$/.exec(file.text.slice(0, last.getStart(file)))?.[0] ?? "";
  const tail = file.text.slice(last.end, list.end - 1);
  return elements.hasTrailingComma
    ? { at: last.end + tail.indexOf(",") + 1, text: `\n${indent}${element},` }
    : { at: last.end, text: `,\n${indent}${element}` };
}
