// A page that is watched: what its console reports as an error, what it throws, what its content policy stops, and what
// it asks of another machine fails the test when the page is closed, unless the test expects it.
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface OpenPageOptions extends BrowserContextOptions {
  /** What the page may report: a refused request is an error to the browser's console. */
  expected?: readonly RegExp[];
}

export interface WatchedPage extends AsyncDisposable {
  page: Page;
  /** Each as a sentence, in the order in which they came. */
  problems: readonly string[];
}

const THIS_MACHINE = /^(https?|wss?):\/\/(127\.0\.0\.1|localhost)(:|\/|$)|^(data|blob|about):/;

/** Opens it in a context of its own, without cookies and storage of others. Use with `await using`. */
export async function openPage(
  browser: Browser,
  url: string,
  { expected = [], ...options }: OpenPageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`Console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => void problems.push(`Thrown: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    if (!THIS_MACHINE.test(request.url())) problems.push(`Remote request: ${request.url()}`);
  });
  // What the policy stops without a word on the console.
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error("Content policy: " + violatedDirective + " stops " + blockedURI))`,
  );
  await page.goto(url);
  return {
    page,
    problems,
    async [Symbol.asyncDispose]() {
      await context.close();
      const unexpected = problems.filter((problem) => !expected.some((one) => one.test(problem)));
      if (unexpected.length > 0) throw new Error(`The page reported problems:\n${unexpected.join("\n")}`);
    },
  };
}
