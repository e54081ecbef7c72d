// One turn as a client sees it: a POST, and when what came back. All times in milliseconds from the POST.
import { createParser } from "eventsource-parser";

export interface TurnRequest {
  url: string;
  headers: Record<string, string>;
  body: unknown;
  /** The piece of the answer's text in an event, if there is one. Throws for an event that says that the turn failed. */
  textOf(type: string | undefined, data: string): string | undefined;
}

export interface Turn {
  headers_ms: number;
  first_byte_ms: number;
  first_text_ms: number;
  wall_ms: number;
  bytes: number;
  text: string;
}

/** Longer than any turn takes that goes well. */
const PATIENCE_MS = 240_000;

export async function takeTurn({ url, headers, body, textOf }: TurnRequest): Promise<Turn> {
  const turn: Turn = {
    headers_ms: NaN,
    first_byte_ms: NaN,
    first_text_ms: NaN,
    wall_ms: NaN,
    bytes: 0,
    text: "",
  };
  const payload = JSON.stringify(body);
  const began = performance.now();
  const since = () => performance.now() - began;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      const text = textOf(event, data);
      if (text === undefined || text === "") return;
      if (Number.isNaN(turn.first_text_ms)) turn.first_text_ms = since();
      turn.text += text;
    },
  });
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: payload,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  turn.headers_ms = since();
  if (!response.ok || !response.body) throw new Error(`status ${response.status}: ${await response.text()}`);
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    if (turn.bytes === 0) turn.first_byte_ms = since();
    turn.bytes += bytes.length;
    parser.feed(decoder.decode(bytes, { stream: true }));
  }
  turn.wall_ms = since();
  return turn;
}
