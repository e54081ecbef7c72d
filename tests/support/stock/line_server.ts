// A program that is driven line by line: a command as JSON on stdin, its answer as JSON on stdout.
import { TextLineStream } from "./text_lines.ts";

export interface Command {
  do: string;
  [key: string]: unknown;
}

/** Answers each command with what its name stands for, in order. An error is an answer, too. */
export async function serveLines(
  commands: Record<string, (command: Command) => unknown>,
): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const command: Command = JSON.parse(line);
    const answer = await answerTo(command, commands);
    console.log(JSON.stringify(answer ?? null));
  }
}

async function answerTo(
  command: Command,
  commands: Record<string, (command: Command) => unknown>,
): Promise<unknown> {
  try {
    return await commands[command.do]?.(command);
  } catch (error) {
    return { thrown: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/**
 * `fetch` over lines that break: the next streams, as many as `cutNext` is told, end after so many bytes. It notes what
 * was asked.
 */
export function brokenFetch(asked: string[]) {
  let cut: { after: number; left: number } = { after: 0, left: 0 };
  const waiting: (() => void)[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const response = await globalThis.fetch(input, init);
    asked.push(
      `${init?.method ?? "GET"} ${url.pathname.replace(/^.*?agent-planner/, "")} ${response.status}`,
    );
    for (const resolve of waiting.splice(0)) resolve();
    if (cut.left === 0 || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
      return response;
    }
    cut.left--;
    return new Response(response.body?.pipeThrough(endingAfter(cut.after)), response);
  };
  return {
    fetch,
    cutNext: (after: number, left: number) => void (cut = { after, left }),
    /** Resolves when the server has answered what is asked next. */
    nextAnswer: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
}

function endingAfter(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) controller.terminate();
    },
  });
}
