// Lines that a person types, one for each question.

/** Asks at the terminal: gives what was typed up to the end of the line, or null at the end of all input. */
export function createAskLine(
  input: ReadableStream<Uint8Array>,
  write: (text: string) => void,
  signal: AbortSignal,
): (question: string) => Promise<string | null> {
  const reader = input.pipeThrough(new TextDecoderStream()).getReader();
  let typed = "";
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  signal.addEventListener("abort", () => stopped.reject(signal.reason));

  return async (question) => {
    write(question);
    for (;;) {
      const end = typed.indexOf("\n");
      if (end >= 0) {
        const line = typed.slice(0, end);
        typed = typed.slice(end + 1);
        return line;
      }
      const { done, value } = await Promise.race([reader.read(), stopped.promise]);
      if (done) return null;
      typed += value;
    }
  };
}
