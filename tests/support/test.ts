// `Deno.test` for tests that hold a script with `await using`: when both the test and the end of its script fail,
// the runner would show neither.

/** Like `Deno.test`; shows what failed in the body before what failed when its scripts ended. */
export function test(name: string, body: () => Promise<void>): void {
  Deno.test(name, async () => {
    try {
      await body();
    } catch (error) {
      throw error instanceof SuppressedError ? shown(error) : error;
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
