// Reads streams with AG-UI's HttpAgent as it comes from npm, and tells what it makes of them. A program of its own, as
// the one for the AI SDK: the specifiers of client and schemas are arguments, the segments come as JSON on stdin.
const [client = "", schemas = ""] = Deno.args;
const { HttpAgent } = await import(client);
const { EventSchemas } = await import(schemas);
const logs: { name: string; segments: { text: string; events: unknown[] }[] }[] = await new Response(
  Deno.stdin.readable,
).json();

const warnings: string[] = [];
console.warn = (...words: unknown[]) => void warnings.push(words.join(" "));
console.error = console.warn;

const refused: string[] = [];
const ended: Record<string, unknown> = {};
for (const { name, segments } of logs) {
  for (const event of segments.flatMap(({ events }) => events)) {
    if (!EventSchemas.safeParse(event).success) refused.push(`${name}: ${JSON.stringify(event)}`);
  }
  const headers = { "content-type": "text/event-stream" };
  let next = 0;
  const fetch = () => Promise.resolve(new Response(segments[next++]?.text, { headers }));
  const agent = new HttpAgent({ url: "http://planner.test", threadId: "chat-1", fetch });
  const problems: string[] = [];
  for (const [i] of segments.entries()) {
    const open: { id: string }[] = agent.pendingInterrupts ?? [];
    // Cancelled, because an interrupt of an old log has expired, and the client refuses to answer it.
    const resume = open.map(({ id }) => ({ interruptId: id, status: "cancelled" }));
    const options = { runId: `run-${i + 1}`, ...(resume.length > 0 && { resume }) };
    await agent.runAgent(options, {
      onRunErrorEvent: ({ event }: { event: { message: string } }) => void problems.push(event.message),
      onRunFailed: ({ error }: { error: Error }) => void problems.push(`failed: ${error.message}`),
    }).catch((error: Error) => void problems.push(`thrown: ${error.message}`));
  }
  ended[name] = { messages: agent.messages, open: agent.pendingInterrupts ?? [], problems };
}
console.log(JSON.stringify({ refused, ended, warnings }));
