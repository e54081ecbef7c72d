// A queue between a producer that never waits and one reader: what a run's events pass through on their way to
// the caller. When the reader goes away, the producer does not notice.
export interface Channel<T> {
  push(item: T): void;
  close(): void;
  [Symbol.asyncIterator](): AsyncGenerator<T>;
}

export function createChannel<T>(): Channel<T> {
  const waiting: T[] = [];
  let closed = false;
  let wake = () => {};

  return {
    push(item) {
      if (closed) return;
      waiting.push(item);
      wake();
    },
    close() {
      closed = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const items = waiting.splice(0);
          yield* items;
          if (waiting.length > 0) continue;
          if (closed) return;
          await new Promise<void>((resolve) => wake = resolve);
        }
      } finally {
        closed = true;
        waiting.length = 0;
      }
    },
  };
}
