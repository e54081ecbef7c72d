// The console in a browser with a user signed in, on the stack of this test run.
import type { TestUser } from "../stack/stack.ts";
import type { Browser } from "./launch_browser.ts";
import { openPage, type OpenPageOptions, type WatchedPage } from "./open_page.ts";
import { serveTestConsole, signIn } from "./test_console.ts";

export interface OpenConsoleOptions extends OpenPageOptions {
  user: Pick<TestUser, "email" | "password">;
  /** Where to begin, such as `#/runs`. */
  hash: string;
}

export interface ConsolePage extends WatchedPage {
  origin: string;
}

/** Use with `await using`. */
export async function openConsole(
  browser: Browser,
  { user, hash, ...options }: OpenConsoleOptions,
): Promise<ConsolePage> {
  await using opening = new AsyncDisposableStack();
  const { origin } = opening.use(await serveTestConsole());
  const { page, problems } = opening.use(await openPage(browser, `${origin}/${hash}`, options));
  await signIn(page, user);
  const open = opening.move();
  return { page, problems, origin, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
