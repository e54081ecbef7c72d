// The least of an HTTP server that a peer needs: `POST /chat { thread_id, message }`, answered by a stream of events.
import { createServer, type ServerResponse } from "node:http";

export interface Message {
  thread_id: string;
  message: string;
}

/** Serves on a free port of loopback and says where, which the bench reads. */
export function serve(chat: (message: Message, response: ServerResponse) => Promise<void>): void {
  const server = createServer(async (request, response) => {
    if (request.method !== "POST" || request.url !== "/chat") return void response.writeHead(404).end();
    try {
      let body = "";
      for await (const part of request.setEncoding("utf8")) body += part;
      await chat(JSON.parse(body), response);
    } catch (error) {
      console.error(error);
      // A stream that was begun is cut, so that the failure is seen.
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    }
  });
  server.keepAliveTimeout = 300_000;
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("Cannot tell the port of a pipe");
    console.log(`listening at http://127.0.0.1:${address.port}`);
  });
}

/** Opens the stream at once, and returns what writes one event to it. */
export function openEvents(response: ServerResponse): (event: unknown) => void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  return (event) => void response.write(`data: ${JSON.stringify(event)}\n\n`);
}
