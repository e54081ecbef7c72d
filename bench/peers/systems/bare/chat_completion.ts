// One streamed call of an OpenAI-compatible model by plain fetch.
import process from "node:process";

export interface ToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
}

/** Text goes to `onText` as it comes; the whole message is returned. */
export async function completeChat(
  messages: readonly ChatMessage[],
  tools: readonly object[],
  onText: (delta: string) => void,
): Promise<ChatMessage> {
  const response = await fetch(`${process.env.MODEL_URL}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "scripted", messages, tools, stream: true }),
  });
  if (!response.ok || !response.body) throw new Error(`The model answered ${response.status}`);
  const message: ChatMessage = { role: "assistant", content: "" };
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) take(message, frame.slice("data: ".length), onText);
  }
  return message;
}

function take(message: ChatMessage, data: string, onText: (delta: string) => void): void {
  if (data === "[DONE]") return;
  const delta = JSON.parse(data).choices[0]?.delta ?? {};
  if (delta.content) {
    message.content += delta.content;
    onText(delta.content);
  }
  for (const { index, id, function: part } of delta.tool_calls ?? []) {
    const calls = message.tool_calls ??= [];
    calls[index] ??= { id, type: "function", function: { name: part.name, arguments: "" } };
    calls[index].function.arguments += part.arguments ?? "";
  }
}
