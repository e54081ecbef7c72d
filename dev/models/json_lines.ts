// JSON for a person's eyes: what fits a line stands on one.

/** The value as lines of at most `width` columns, where its texts allow it. `before` stands on its first line already. */
export function jsonLines(value: unknown, width: number, indent = "", before = ""): string[] {
  const short = oneLine(value);
  const fits = indent.length + before.length + short.length + 1 <= width;
  if (typeof value !== "object" || value === null || fits) return [`${before}${short}`];
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((one: unknown) => ["", one])
    : fieldsOf(value).map(([key, one]) => [`${JSON.stringify(key)}: `, one]);
  const deeper = `${indent}  `;
  const lines = entries.flatMap(([name, one], at) => {
    const [first = "", ...rest] = jsonLines(one, width, deeper, name);
    const whole = [`${deeper}${first}`, ...rest];
    return at < entries.length - 1 ? whole.with(-1, `${whole.at(-1)},`) : whole;
  });
  return [`${before}${open}`, ...lines, `${indent}${close}`];
}

/** JSON on one line, with a space behind each colon and comma. */
export function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = fieldsOf(value).map(([key, one]) => `${JSON.stringify(key)}: ${oneLine(one)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function fieldsOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, one]) => one !== undefined);
}
