import assert from "node:assert/strict";
import { bundlePage } from "../support/browser/bundle_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { serveFiles } from "../support/browser/serve_static.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, testStack } from "../support/stack/stack.ts";

inBrowser("a page of another origin signs in, starts a run and reads it to its end", async (browser) => {
  const { url, publishable_key } = testStack();
  const user = await newUser();
  await using _script = await scriptModel(user.id, [
    { tool_calls: [{ name: "list_books", arguments: {} }] },
    { text: "You have no books, and *none* is on loan." },
  ]);
  await using site = serveFiles({
    "/index.html": `<!doctype html><title>Page</title><script type="module" src="/page.js"></script>`,
    "/page.js": await bundlePage(new URL("./smoke_page.ts", import.meta.url)),
  });
  await using opened = await openPage(browser, site.origin);
  const args = [url, publishable_key, user.email, user.password, "Which books do I have?"];
  const seen = await opened.page.evaluate(`turn(...${JSON.stringify(args)})`);
  assert.deepEqual(seen, {
    origin: site.origin,
    types: [...["session", "analysis", "tool_call", "tool_result"], ...["text", "text"], "done"],
    status: "completed",
    answer: "You have no books, and *none* is on loan.",
  });
});
