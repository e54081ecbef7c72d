// Waiting that stops while nobody looks: a page in the background asks for nothing.

/** Some time, and then until the page is in view. Ends at once when the signal aborts. */
export async function pauseWhileSeen(ms: number, signal: AbortSignal): Promise<void> {
  await until(signal, (done) => {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  });
  if (!document.hidden) return;
  await until(signal, (done) => {
    const changed = () => document.hidden || done();
    document.addEventListener("visibilitychange", changed);
    return () => document.removeEventListener("visibilitychange", changed);
  });
}

function until(signal: AbortSignal, wait: (done: () => void) => () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = wait(resolve);
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(stop);
}
