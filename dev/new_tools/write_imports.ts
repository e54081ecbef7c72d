// The imports of a file of tools: of what the engine offers, what its code names.

const OFFERED: [module: string, names: readonly string[]][] = [
  ["zod", ["z"]],
  ["../../contracts/text.ts", ["JsonObject"]],
  ["../../contracts/tool_result.ts", ["ok", "rowKey", "shown", "type ToolResult"]],
  ["../../tools/answers.ts", [
    ...["briefly", "changed", "gone", "notFound", "page", "quoted", "type RowFields", "withoutEmpty"],
  ]],
  ["../../tools/database_errors.ts", ["dataOf", "rowsOf"]],
  ["../../tools/define_tool.ts", ["defineReadTool", "defineWriteTool", "type ReadContext"]],
  ["../../tools/fields.ts", [
    ...[
      "Body",
      "body",
      "changes",
      "clearable",
      "Day",
      "Id",
      "limit",
      "Line",
      "line",
      "Moment",
      "Query",
      "Tags",
    ],
  ]],
  ["../../tools/like_text.ts", ["likeText"]],
  ["../../tools/number_fields.ts", ["Decimal", "exact", "RowNumber", "WholeNumber"]],
  ["../../tools/row_times.ts", ["localTimes"]],
  ["../../tools/time.ts", ["endInstant", "instant"]],
  ["../../tools/written_key.ts", ["writtenKey"]],
];

/** All names that a file may import. */
export const IMPORTED: readonly string[] = OFFERED.flatMap(([, names]) =>
  names.map((name) => name.replace("type ", ""))
);

/** The imports for this code. */
export function importsFor(code: string): string {
  const names = namesIn(code);
  return OFFERED.flatMap(([module, offered]) => {
    const used = offered.filter((one) => names.has(one.replace("type ", "")));
    return used.length === 0 ? [] : [`import { ${used.join(", ")} } from ${JSON.stringify(module)};`];
  }).join("\n");
}

/** The names that it uses by themselves: no texts, no properties, no keys. */
function namesIn(code: string): Set<string> {
  const plain = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replace(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g,
    '""',
  );
  return new Set(
    [...plain.matchAll(/(?<![.\w])(?:\.\.\.)?([A-Za-z_]\w*)\b(?!\s*\??:)/g)].map(([, name = ""]) => name),
  );
}
