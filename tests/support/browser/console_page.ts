// The console in a browser, on the stack of this test run: built once, served with its own headers, signed in by its
// own form.
import { bundle, stopBundler } from "../../../dev/console/build.ts";
import { securityHeaders } from "../../../dev/console/headers.ts";
import { testStack } from "../stack/stack.ts";
import type { Browser } from "./launch_browser.ts";
import { openPage, type OpenPageOptions, type WatchedPage } from "./open_page.ts";
import type { StaticSite } from "./serve_static.ts";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

let built: Promise<Map<string, Uint8Array>> | undefined;

async function build(): Promise<Map<string, Uint8Array>> {
  const { url, publishable_key } = testStack();
  try {
    return await bundle({ url, publishable_key });
  } finally {
    await stopBundler();
  }
}

/** The console's files on an origin of their own. Use with `await using`. */
export async function serveConsoleFiles(): Promise<StaticSite> {
  const files = await (built ??= build());
  const headers = securityHeaders(new URL(testStack().url).origin);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const name = new URL(request.url).pathname.slice(1) || "index.html";
    const file = files.get(name);
    if (!file) return new Response("There is no such file", { status: 404, headers });
    const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    return new Response(new Uint8Array(file), { headers: { ...headers, "content-type": type } });
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

export interface OpenConsoleOptions extends OpenPageOptions {
  user: { email: string; password: string };
  /** Where to begin, such as `#/runs`. */
  hash: string;
}

export interface ConsolePage extends WatchedPage {
  origin: string;
}

/** The console with a user signed in, at a screen. Use with `await using`. */
export async function openConsole(
  browser: Browser,
  { user, hash, ...options }: OpenConsoleOptions,
): Promise<ConsolePage> {
  await using opening = new AsyncDisposableStack();
  const site = opening.use(await serveConsoleFiles());
  const opened = opening.use(await openPage(browser, `${site.origin}/${hash}`, options));
  const { page, problems } = opened;
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator("main h1").waitFor();
  const open = opening.move();
  return { page, problems, origin: site.origin, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
