// An example's page as a person uses it: signs in, says something, answers, reloads.
import type { Browser, Page } from "playwright-core";
import { withClaims } from "../stack/signed_token.ts";
import { testStack, type TestUser } from "../stack/stack.ts";
import { type BuiltExample, serveExample } from "./example.ts";
import { openPage, type OpenPageOptions } from "./open_page.ts";

export interface ExampleOptions extends OpenPageOptions {
  user: TestUser;
  /** Where the page finds the stack; the stack itself if it is not given. */
  url?: string;
}

export interface ExamplePage extends AsyncDisposable {
  page: Page;
  problems: readonly string[];
  send(text: string): Promise<void>;
  /** What stands in the page's chat, as text. */
  said(): Promise<string>;
  /** Waits until this stands there. */
  says(text: string | RegExp): Promise<void>;
  press(name: string): Promise<void>;
  /** Waits until nothing is under way. */
  settled(): Promise<void>;
}

/** Opens it on an origin of its own, signed in. Use with `await using`. */
export async function openExample(
  browser: Browser,
  example: { build(): Promise<BuiltExample> },
  { user, url = testStack().url, ...options }: ExampleOptions,
): Promise<ExamplePage> {
  await using cleanup = new AsyncDisposableStack();
  const stack = { url, publishable_key: testStack().publishable_key };
  const site = cleanup.use(serveExample(await example.build(), stack));
  const { page, problems } = cleanup.use(await openPage(browser, site.origin, options));
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  const log = page.getByRole("log");
  await log.waitFor();
  const owned = cleanup.move();
  return {
    page,
    problems,
    async send(text) {
      await page.getByLabel("Message").fill(text);
      await page.keyboard.press("Enter");
    },
    said: () => log.innerText(),
    says: (text) => log.getByText(text).first().waitFor(),
    press: (name) => page.getByRole("button", { name, exact: true }).first().click(),
    settled: () => page.locator("[role=log][aria-busy=false]").waitFor(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The page's session keeps a token that the server refuses, as if it had slept. */
export async function wearOut(page: Page, { token }: TestUser): Promise<void> {
  const worn = withClaims(token, { exp: 1_000_000_000 });
  await page.evaluate((worn) => {
    for (const [key, value] of Object.entries(localStorage)) {
      if (!key.endsWith("-auth-token")) continue;
      localStorage.setItem(key, JSON.stringify({ ...JSON.parse(value), access_token: worn }));
    }
  }, worn);
}
