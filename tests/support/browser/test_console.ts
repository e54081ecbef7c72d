// The console of this tree, built for the tests' stack as `deno task console --build` builds it, and served under the
// same headers.
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { BuiltFor } from "../../../dev/console/build.ts";
import { serveBundle } from "../../../dev/console/serve.ts";
import { testStack, type TestUser } from "../stack/stack.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface TestConsole extends AsyncDisposable {
  origin: string;
}

/** `url`: the way to the stack, where it is not the straight one. Use with `await using`. */
export function serveTestConsole(url: string = testStack().url): Promise<TestConsole> {
  return serveConsoleFor({ url, publishable_key: testStack().publishable_key });
}

/** For a project, or for the one that its user names. */
export async function serveConsoleFor(built_for: BuiltFor): Promise<TestConsole> {
  const files = await buildConsole(built_for);
  const served = serveBundle(0, built_for, () => files);
  return { origin: served.url, [Symbol.asyncDispose]: served.stop };
}

/** The files that the command writes, by name. */
export async function buildConsole({ url, publishable_key }: BuiltFor): Promise<Map<string, Uint8Array>> {
  const folder = await Deno.makeTempDir({ prefix: "test-console-" });
  try {
    const named = url === undefined ? [] : ["--url", url, "--key", publishable_key ?? ""];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--quiet", "dev/console.ts", "--build", "--out", folder, ...named],
      cwd: ROOT,
    }).output();
    if (!success) throw new Error(`The console was not built:\n${new TextDecoder().decode(stderr)}`);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, await Deno.readFile(`${folder}/${name}`)] as const),
      ),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Signs in through the form, and waits for the page behind it. */
export async function signIn(page: Page, user: Pick<TestUser, "email" | "password">): Promise<void> {
  await page.fill("input[name=email]", user.email);
  await page.fill("input[name=password]", user.password);
  await page.click("button[type=submit]");
  await page.waitForSelector(".side-foot", { state: "attached" });
  // The page that it leads to takes the focus: what a test did before that would lose it.
  await page.waitForURL(({ hash }) => !hash.startsWith("#/sign-in"));
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))");
}

/** Sends a message from the chat. */
export async function say(page: Page, text: string): Promise<void> {
  await page.fill("textarea[aria-label=Message]", text);
  await page.press("textarea[aria-label=Message]", "Enter");
}
