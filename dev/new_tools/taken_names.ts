// Names that a file of tools has uses of its own for.
import { IMPORTED } from "./write_imports.ts";

/** Of types and constants, which those for rows and closed sets must not have: what the file imports, and globals. */
export const TAKEN_CONSTANTS: ReadonlySet<string> = new Set([
  ...IMPORTED,
  ...["FullBody", "Category", "Minutes", "Zone", "Told", "Tool", "Key"],
  ...["Array", "Awaited", "Boolean", "Date", "Error", "Exclude", "Extract", "Function", "Intl", "Iterable"],
  ...["Iterator", "JSON", "Map", "Math", "NonNullable", "Number", "Object", "Omit", "Parameters", "Partial"],
  ...["Pick", "Promise", "Readonly", "Record", "RegExp", "Required", "ReturnType", "Set", "String", "Symbol"],
]);

/** A type's name: the word, or with `Row` what nothing else is called. */
export function typeName(word: string): string {
  return TAKEN_CONSTANTS.has(word) ? `${word}Row` : word;
}

/** Of variables: what the file imports, what its functions are given, and the words of the language. */
const TAKEN_VARIABLES: ReadonlySet<string> = new Set([
  ...IMPORTED,
  ...[
    "args",
    "answer",
    "body",
    "changed",
    "changes",
    "clearable",
    "dataOf",
    "db",
    "defineReadTool",
    "defineWriteTool",
  ],
  ...[
    "exact",
    "found",
    "gone",
    "instant",
    "endInstant",
    "instants",
    "key",
    "likeText",
    "limit",
    "line",
    "briefly",
  ],
  ...[
    "localTimes",
    "new_id",
    "notFound",
    "ok",
    "page",
    "quoted",
    "receipt",
    "row",
    "rowKey",
    "rows",
    "rowsOf",
  ],
  ...["shown", "time_zone", "updates", "values", "withoutEmpty", "written", "writtenKey", "z"],
  ...[
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
  ],
  ...[
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
  ],
  ...["implements", "import", "in", "instanceof", "interface", "let", "new", "null", "package", "private"],
  ...["protected", "public", "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof"],
  ...[
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "of",
    "as",
    "type",
    "infer",
    "never",
    "any",
    "unknown",
  ],
  ...[
    "console",
    "window",
    "self",
    "globalThis",
    "location",
    "name",
    "event",
    "status",
    "fetch",
    "performance",
  ],
]);

/** A name for a variable: the word, or with an underscore what nothing else is called. */
export function variable(word: string): string {
  return TAKEN_VARIABLES.has(word) ? `${word}_row` : word;
}

/** A name for the variable of a row, which stands beside the user's id. */
export function rowVariable(word: string): string {
  return word === "user_id" ? `${word}_row` : variable(word);
}

/** The names that a list has for arguments of its own. */
export const LIST_ARGUMENTS: ReadonlySet<string> = new Set(["query", "sort_by", "limit", "cursor"]);
