// The body of an answer as frames: bytes, within bounds and limits of time, decoded and cut.
import type { Frames } from "./frame_lines.ts";
import { createFrameReader } from "./frame_reader.ts";
import type { Watchdog } from "./watchdog.ts";
import { LIMITS } from "../wire/wire_limits.ts";

/** A body went on and on without a complete frame. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/** The connection broke before the body's end. */
export class BodyBrokenError extends Error {
  override readonly name = "BodyBrokenError";
}

/** `closed`: the body has ended. */
export type BodyFrames = Omit<Frames, "end"> & { end: Frames["end"] | "closed" };

export interface BodyReader {
  /** What the next bytes bring, or null where the watchdog has stopped. Errors: BodyTooLargeError, BodyBrokenError. */
  next(): Promise<BodyFrames | null>;
  /** The beginning of a body that has brought no frame so far. */
  readonly start: string;
  /** Lets the body go. */
  close(): void;
}

/** A reader of one answer, which tells `watchdog` what signs of life there are. */
export function createBodyReader({ body }: Response, watchdog: Watchdog): BodyReader {
  const reader = openBytes(body ?? new Blob([]).stream());
  const decoder = new TextDecoder();
  const frames = createFrameReader();
  let unframed = 0;
  let start = "";
  let framed: "no frame" | "frames" = "no frame";

  function feed(bytes: Uint8Array): Frames {
    const text = decoder.decode(bytes, { stream: true });
    const came = frames.feed(text);
    if (came.frames.length > 0) {
      framed = "frames";
      unframed = 0;
      watchdog.frame();
      return came;
    }
    if (came.sign === "heartbeat") watchdog.heartbeat();
    if (framed === "no frame" && start.length < LIMITS.error_bytes) start += text;
    unframed += bytes.byteLength;
    if (unframed > LIMITS.frame_bytes) {
      throw new BodyTooLargeError(`${unframed} bytes came without a complete frame`);
    }
    return came;
  }

  return {
    get start() {
      return start.slice(0, LIMITS.error_bytes);
    },
    async next() {
      const came = await watchdog.wait(reader.read()).catch((thrown) => {
        throw new BodyBrokenError(thrown instanceof Error ? thrown.message : String(thrown), {
          cause: thrown,
        });
      });
      if (came.state === "stopped") return null;
      if (came.value !== null) return feed(came.value);
      const last = frames.finish();
      return last.end === "open" ? { ...last, end: "closed" } : last;
    },
    close() {
      // Not awaited: a body that ignores its end would hold us up here.
      reader.cancel().catch(() => {});
    },
  };
}

interface Bytes {
  /** The next bytes, which hold until the next call; null at the end. */
  read(): Promise<Uint8Array | null>;
  cancel(): Promise<void>;
}

const BUFFER_BYTES = 16_384;

/** Reads into the same buffer again and again: a body's own way is a new one of 64 kB for every frame. */
function openBytes(body: ReadableStream<Uint8Array<ArrayBuffer>>): Bytes {
  const reader = filling(body);
  if (reader === null) return openChunks(body);
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  return {
    async read() {
      const { value, done } = await reader.read(new Uint8Array(buffer));
      if (done) return null;
      buffer = value.buffer;
      return value;
    },
    cancel: () => reader.cancel(),
  };
}

/** Null where the body comes in chunks of somebody else's making. */
function filling(body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

function openChunks(body: ReadableStream<Uint8Array<ArrayBuffer>>): Bytes {
  const reader = body.getReader();
  return {
    read: async () => (await reader.read()).value ?? null,
    cancel: () => reader.cancel(),
  };
}
