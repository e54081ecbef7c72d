// Which browser the tests drive: the one of CHROME_PATH, an installed one, else the one from npm.
import type { BrowserProgram } from "./launch_browser.ts";
import { npmChromium } from "./npm_chromium.ts";

export interface NoBrowser {
  /** A sentence: why the tests are skipped. */
  skipped: string;
}

const ON_PATH = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"];
const ELSEWHERE = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Fails only where CHROME_PATH names no program, since whoever sets it wants that one. */
export async function findBrowser(): Promise<BrowserProgram | NoBrowser> {
  const named = Deno.env.get("CHROME_PATH");
  if (named) {
    if (await isFile(named)) return installed(named);
    throw new Error(`Cannot start the browser of CHROME_PATH: there is no ${named}`);
  }
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const names = ON_PATH.flatMap((name) => folders.map((folder) => `${folder}/${name}`));
  for (const program of [...names, ...ELSEWHERE]) if (await isFile(program)) return installed(program);
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    return { skipped: "There is no browser here: install Chrome, or name one in CHROME_PATH." };
  }
  try {
    return await npmChromium();
  } catch (error) {
    return { skipped: `There is no browser here: ${error instanceof Error ? error.message : error}` };
  }
}

function installed(program: string): BrowserProgram {
  return { program, args: Deno.uid() === 0 ? ["--no-sandbox"] : [], env: {} };
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((file) => file.isFile, () => false);
}
