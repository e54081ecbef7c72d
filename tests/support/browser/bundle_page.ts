// A script for a page, with all that it imports in one file, as an app's bundler makes it.
import { fileURLToPath } from "node:url";

const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** The script at `url`, bundled for browsers. */
export async function bundlePage(url: URL): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--config", CONFIG, fileURLToPath(url)],
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`The page's script was not bundled:\n${text.decode(stderr)}`);
  return text.decode(stdout);
}
