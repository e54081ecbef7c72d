// JSON arguments of functions. Lite writes them as JSON text, and the driver, which sees a parameter of type
// jsonb, would write that text as a JSON string once more. So the text is marked as finished on its way.
import { OperationNodeTransformer, type RawNode, ValueNode } from "kysely";
import type { KyselyPlugin } from "kysely";

/** A value that is JSON text already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** For the driver: how a parameter of type json or jsonb is written. */
export function serializeJson(value: unknown): string {
  return value instanceof JsonText ? value.text : JSON.stringify(value);
}

class JsonArguments extends OperationNodeTransformer {
  protected override transformRaw(node: RawNode): RawNode {
    const raw = super.transformRaw(node);
    return {
      ...raw,
      parameters: raw.parameters.map((parameter, index) => {
        // `name := $1::jsonb`: the cast stands in the text that follows the parameter.
        const is_json = /^::jsonb?\b(?!\[)/.test(raw.sqlFragments[index + 1] ?? "");
        if (!is_json && !isCast(raw, index)) return parameter;
        if (!ValueNode.is(parameter) || typeof parameter.value !== "string") return parameter;
        return ValueNode.create(new JsonText(asJson(parameter.value)));
      }),
    };
  }
}

/** Lite writes the type as a nested piece of SQL: parameter, `::`, type. */
function isCast(raw: RawNode, index: number): boolean {
  const type = raw.parameters[index + 1];
  return raw.sqlFragments[index + 1] === "::" && type?.kind === "RawNode" && "sqlFragments" in type &&
    Array.isArray(type.sqlFragments) && /^jsonb?$/.test(type.sqlFragments.join(""));
}

/** Objects and arrays arrive as text. So does a plain string, which can be told from them only by its form. */
function asJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? text : JSON.stringify(text);
  } catch {
    return JSON.stringify(text);
  }
}

const transformer = new JsonArguments();

export const jsonArguments: KyselyPlugin = {
  transformQuery: ({ node }) => transformer.transformNode(node),
  transformResult: ({ result }) => Promise.resolve(result),
};
