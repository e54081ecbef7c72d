// A chat completion request as the demo model reads it. Fields that it has no use for pass unread.
import { z } from "zod";

const ContentPart = z.looseObject({ type: z.string(), text: z.string().optional() });

const Content = z.union([z.string(), z.array(ContentPart)]).nullish().transform((content) =>
  typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("")
);

const ToolCall = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const Message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: Content,
  tool_calls: z.array(ToolCall).nullish(),
  tool_call_id: z.string().optional(),
});
export type Message = z.infer<typeof Message>;

const Tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.json()).optional(),
  }),
});

export const CompletionRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  tools: z.array(Tool).nullish().transform((tools) => tools ?? []),
  stream: z.boolean().nullish(),
  user: z.string().optional(),
});
export type CompletionRequest = z.infer<typeof CompletionRequest>;

/** The names of the tools that the request offers. */
export function offeredTools(request: CompletionRequest): Set<string> {
  return new Set(request.tools.map((tool) => tool.function.name));
}

/** Everything that the messages say, tool calls included, as one text to search in. */
export function textOf(messages: readonly Message[]): string {
  return messages.map((message) => {
    const calls = (message.tool_calls ?? []).map((call) =>
      `${call.function.name} ${call.function.arguments}`
    );
    return [message.content, ...calls].join("\n");
  }).join("\n");
}
