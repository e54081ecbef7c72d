// Pretty-printed JSON, or the beginning of it, in pieces that each have one colour.

export interface JsonToken {
  text: string;
  kind: "key" | "text" | "value" | "";
}

const TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function jsonTokens(json: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let last = 0;
  for (const match of json.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    if (match.index > last) tokens.push({ text: json.slice(last, match.index), kind: "" });
    if (string === undefined) tokens.push({ text: whole, kind: "value" });
    else {
      tokens.push({ text: string, kind: colon === undefined ? "text" : "key" });
      if (colon !== undefined) tokens.push({ text: colon, kind: "" });
    }
    last = match.index + whole.length;
  }
  if (last < json.length) tokens.push({ text: json.slice(last), kind: "" });
  return tokens;
}
