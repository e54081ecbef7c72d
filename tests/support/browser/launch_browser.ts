// The browser as a process, reachable by playwright-core; it finds no host but this machine.
import type { Browser } from "playwright-core";

export type { Browser, Page } from "playwright-core";

export interface BrowserProgram {
  program: string;
  args: readonly string[];
  /** Besides the environment of the tests. */
  env: Readonly<Record<string, string>>;
}

// A package in it looks for Windows under /proc when it is loaded, which the tests' permissions refuse; this is its way
// not to.
Deno.env.set("__IS_WSL_TEST__", "1");
const { chromium } = await import("playwright-core");

const NO_HOST_BUT_THIS = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

/** Starts it. Use with `await using`. */
export async function launchBrowser({ program, args, env }: BrowserProgram): Promise<Browser> {
  return await chromium.launch({
    executablePath: program,
    args: [...args, NO_HOST_BUT_THIS],
    env: { ...Deno.env.toObject(), ...env },
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
