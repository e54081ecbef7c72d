import assert from "node:assert/strict";
import { type BrowserProgram, launchBrowser } from "../support/browser/launch_browser.ts";
import { npmChromiumFor } from "../support/browser/npm_chromium.ts";
import { openPage } from "../support/browser/open_page.ts";
import { serveFiles } from "../support/browser/serve_static.ts";
import { test } from "../support/test.ts";

const here = Deno.build.os === "linux" && Deno.build.arch === "x86_64";
const on_linux = here ? test : (name: string) => Deno.test.ignore(name, () => {});
const as_root = here && Deno.uid() === 0 ? test : (name: string) => Deno.test.ignore(name, () => {});

/** What every Linux with a C library has; all else the program must bring. */
const BASE = /\/(libc|libm|libdl|libpthread|librt|libgcc_s|ld-linux-x86-64)\.so/;

async function output(command: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, env }).output();
  const text = new TextDecoder();
  return { code, text: text.decode(stdout) + text.decode(stderr) };
}

/** The files that the program would be linked with. */
async function librariesOf({ program, env }: BrowserProgram): Promise<string[]> {
  const { text } = await output("ldd", [program], { ...env });
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

on_linux(
  "Chromium from npm shows a page with its own libraries, and takes no others but the C library's",
  async () => {
    const bare = await npmChromiumFor("bare_system");
    const own = (await librariesOf(bare)).filter((path) => !BASE.test(path));
    assert.ok(own.some((path) => path.endsWith("/libnss3.so")), "the list is read");
    assert.deepEqual(own.filter((path) => !path.startsWith(`${bare.env.LD_LIBRARY_PATH}/`)), []);
    await using browser = await launchBrowser(bare);
    await using site = serveFiles({ "/index.html": "<!doctype html><title>Page</title><h1>Here</h1>" });
    await using opened = await openPage(browser, site.origin);
    assert.equal(await opened.page.textContent("h1"), "Here");
  },
);

on_linux("Chromium from npm brings its fonts, and shows what none of them has", async () => {
  for (const system of ["usual_system", "bare_system"] as const) {
    await using browser = await launchBrowser(await npmChromiumFor(system));
    await using site = serveFiles({
      "/index.html": '<!doctype html><meta charset="utf-8"><title>Page</title><h1>→ 日本 👋</h1><input>',
    });
    await using opened = await openPage(browser, site.origin);
    await opened.page.fill("input", "written");
    assert.equal(await opened.page.inputValue("input"), "written");
    assert.ok((await opened.page.locator("h1").boundingBox())?.width);
  }
});

as_root(
  "where the system has none of its libraries, Chromium from npm starts with its own alone",
  async () => {
    const bare = await npmChromiumFor("bare_system");
    const root = await Deno.makeTempDir({ prefix: "bare-system-" });
    await using _removed = {
      [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
    };
    const folder = bare.program.replace(/\/chromium$/, "");
    const base = (await librariesOf(bare)).filter((path) => BASE.test(path));
    for (const path of base) {
      await Deno.mkdir(`${root}${path.replace(/\/[^/]*$/, "")}`, { recursive: true });
      await Deno.copyFile(path, `${root}${path}`);
    }
    assert.equal((await output("cp", ["-rl", folder, `${root}/app`])).code, 0);
    const start = (env: Record<string, string>) =>
      output("chroot", [root, "/app/chromium", "--version"], env);
    assert.match((await start({})).text, /error while loading shared libraries/);
    assert.match((await start({ LD_LIBRARY_PATH: "/app/al2023/lib" })).text, /^Chromium \d/m);
  },
);
