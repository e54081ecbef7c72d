// What a chat-completions request looks like, as far as the scripted model reads it.

export interface JsonSchema {
  type?: string | string[];
  $ref?: string;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
  enum?: unknown[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  minimum?: number;
}

export interface OfferedTool {
  type: string;
  function: { name: string; parameters?: JsonSchema };
}

export interface RequestMessage {
  role: string;
  content?: string | { text?: string }[] | null;
  name?: string;
  tool_call_id?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
}

export interface ChatRequest {
  model: string;
  messages: RequestMessage[];
  tools?: OfferedTool[];
  response_format?: unknown;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
}

/** What a message says, whether it is a string or a list of parts. */
export function textOf({ content }: RequestMessage): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? JSON.stringify(part)).join("\n");
}

/** The characters that a provider would cut into tokens: what is said, the calls, the schemas. */
export function promptCharacters({ messages, tools, response_format }: ChatRequest): number {
  const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? []);
  return sum(messages.map((message) => textOf(message).length)) +
    sum(calls.map(({ function: { name, arguments: args } }) => name.length + args.length)) +
    (tools?.length ? JSON.stringify(tools).length : 0) +
    (response_format ? JSON.stringify(response_format).length : 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
