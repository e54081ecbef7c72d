// Reads streams with a version of the AI SDK as it comes from npm, and tells what it makes of them. A program of its
// own, so that the package is in no import map and no lock of ours: `deno run --no-lock --no-config` with the
// package's specifier; the streams come as JSON on stdin.
const [specifier = ""] = Deno.args;
const sdk = await import(specifier);
const { asSchema, uiMessageChunkSchema, readUIMessageStream } = sdk;
/** Version 5 has no approvals. */
const sendsByItself = sdk.lastAssistantMessageIsCompleteWithApprovalResponses ?? (() => false);
const streams: { name: string; chunks: unknown[] }[] = await new Response(Deno.stdin.readable).json();
const schema = asSchema(uiMessageChunkSchema);

const refused: string[] = [];
const messages: Record<string, unknown> = {};
for (const { name, chunks } of streams) {
  for (const chunk of chunks) {
    const { success } = await schema.validate(chunk);
    if (!success) refused.push(`${name}: ${JSON.stringify(chunk)}`);
  }
  const onError = (error: unknown) => void told.push(error instanceof Error ? error.message : String(error));
  const told: string[] = [];
  let last: Message = { parts: [] };
  const stream = ReadableStream.from(chunks);
  for await (const message of readUIMessageStream({ stream, onError })) last = structuredClone(message);
  messages[name] = { message: last, told, sends: sendsByItself({ messages: [answered(last)] }) };
}
console.log(JSON.stringify({ refused, messages }));

interface Message {
  parts: { state?: string }[];
}

/** The message once its reader has answered every request for approval. */
function answered(message: Message): Message {
  const parts = message.parts.map((part) =>
    part.state === "approval-requested" ? { ...part, state: "approval-responded" } : part
  );
  return { ...message, parts };
}
