// Names that a file of tools has uses of its own for.

/** Of constants, which those for closed sets must not have. */
export const TAKEN_CONSTANTS: ReadonlySet<string> = new Set([
  ...["Id", "Line", "Body", "FullBody", "Query", "Category", "Moment", "Day", "Minutes", "Tags", "Zone"],
  ...["RowNumber", "WholeNumber", "Decimal", "JsonObject", "ToolResult", "ReadContext", "RowFields", "Told"],
  ...[
    "Array",
    "Awaited",
    "Boolean",
    "Date",
    "Error",
    "JSON",
    "Map",
    "Math",
    "NonNullable",
    "Number",
    "Object",
  ],
  ...["Parameters", "Promise", "Record", "RegExp", "ReturnType", "Set", "String", "Symbol", "Tool", "Key"],
]);

/** Of variables: what the file imports, what its functions are given, and the words of the language. */
const TAKEN_VARIABLES: ReadonlySet<string> = new Set([
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

/** The names that a list has for arguments of its own. */
export const LIST_ARGUMENTS: ReadonlySet<string> = new Set(["query", "sort_by", "limit", "cursor"]);
