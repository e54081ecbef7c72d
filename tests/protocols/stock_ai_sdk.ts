// Reads streams with a version of the AI SDK as it comes from npm, and tells what it makes of them. A program of its
// own, so that the package is in no import map and no lock of ours: `deno run --no-lock --no-config` with the
// package's specifier; the streams come as JSON on stdin.
const [specifier = ""] = Deno.args;
const { asSchema, uiMessageChunkSchema, readUIMessageStream } = await import(specifier);
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
  let last: unknown = null;
  const stream = ReadableStream.from(chunks);
  for await (const message of readUIMessageStream({ stream, onError })) last = structuredClone(message);
  messages[name] = { message: last, told };
}
console.log(JSON.stringify({ refused, messages }));
