// `Deno.test` for tests against the stack. When both a test and the end of its script (`await using`) fail, the
// runner would show neither; and a test that waits for what never comes must not hold up the others.

const PATIENCE_MS = 60_000;

/** Like `Deno.test`; shows what failed in the body before what failed when its scripts ended. */
export function test(name: string, body: () => Promise<void>): void {
  Deno.test(name, async () => {
    const hung = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => hung.reject(new Error("The test waited for something that never came")),
      PATIENCE_MS,
    );
    try {
      await Promise.race([body(), hung.promise]);
    } catch (error) {
      throw error instanceof SuppressedError ? shown(error) : error;
    } finally {
      clearTimeout(timer);
    }
  });
}

function shown(thrown: SuppressedError): Error {
  const error = new Error(`${describe(thrown.suppressed)}\n\n${describe(thrown.error)}`);
  error.stack = `${error.message}\n${thrown.suppressed instanceof Error ? thrown.suppressed.stack : ""}`;
  return error;
}

function describe(thrown: unknown): string {
  if (thrown instanceof SuppressedError) return `${describe(thrown.suppressed)}\n\n${describe(thrown.error)}`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
