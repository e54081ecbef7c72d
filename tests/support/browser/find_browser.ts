// Which browser the tests drive: the one of CHROME_PATH, an installed one, else the one from npm.
import type { BrowserProgram } from "./launch_browser.ts";
import { npmChromium } from "./npm_chromium.ts";

export interface NoBrowser {
  /** A sentence: why the tests are skipped. */
  skipped: string;
}

const ON_PATH = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"];
const ON_MAC = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

export interface Places {
  env: Readonly<Record<string, string>>;
  /** Where programs are that are on no path. */
  elsewhere?: readonly string[];
  /** Brings one; null where npm has none for this machine. */
  from_npm: (() => Promise<BrowserProgram>) | null;
}

/** What this machine has. */
export function placesHere(): Places {
  const { os, arch } = Deno.build;
  const from_npm = os === "linux" && arch === "x86_64" ? npmChromium : null;
  return { env: Deno.env.toObject(), elsewhere: ON_MAC, from_npm };
}

/** Fails only where CHROME_PATH names no program, since whoever sets it wants that one. */
export async function findBrowser(
  { env, elsewhere = [], from_npm }: Places,
): Promise<BrowserProgram | NoBrowser> {
  const { CHROME_PATH: named, PATH = "" } = env;
  if (named) {
    if (await isFile(named)) return installed(named);
    throw new Error(`Cannot start the browser of CHROME_PATH: there is no ${named}`);
  }
  const on_path = ON_PATH.flatMap((name) => PATH.split(":").map((folder) => `${folder}/${name}`));
  for (const program of [...on_path, ...elsewhere]) if (await isFile(program)) return installed(program);
  if (from_npm === null) {
    return { skipped: "There is no browser here: install Chrome, or name one in CHROME_PATH." };
  }
  try {
    return await from_npm();
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
