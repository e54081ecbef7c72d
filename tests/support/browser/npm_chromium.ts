// A real browser from npm alone, for machines that have none (Linux, x64): unpacked once into the temporary folder,
// with the shared libraries that it needs where the system lacks them.
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { BrowserProgram } from "./launch_browser.ts";

const VERSION = "153.0.0";
const UNPACK = fileURLToPath(new URL("./unpack_chromium.ts", import.meta.url));
/** They keep a page from being a page of the web: its origins would not count, or its processes be one. */
const NOT_FOR_TESTS = ["--disable-web-security", "--single-process", "--no-zygote", "--in-process-gpu"];

/** Brings it, with its own libraries only where the system lacks them. */
export async function npmChromium(): Promise<BrowserProgram> {
  const bare = await npmChromiumFor("bare_system");
  const usual = await npmChromiumFor("usual_system");
  return await starts(usual) ? usual : bare;
}

/** Fetches and unpacks it if it is not here. On a bare system, its own libraries come before any other. */
export async function npmChromiumFor(system: "bare_system" | "usual_system"): Promise<BrowserProgram> {
  const folder = `${tmpdir()}/agents-chromium-${VERSION}`;
  if (!await exists(folder)) await unpack(folder);
  const args = z.array(z.string()).parse(JSON.parse(await Deno.readTextFile(`${folder}/arguments.json`)));
  return {
    program: `${folder}/chromium`,
    args: args.filter((arg) => !NOT_FOR_TESTS.includes(arg)),
    env: {
      FONTCONFIG_FILE: await fontsOf(folder),
      ...(system === "bare_system" && { LD_LIBRARY_PATH: `${folder}/al2023/lib` }),
    },
  };
}

/** Says where its fonts are, as the package's own file names folders of one cloud: without any, a page ends the browser. */
async function fontsOf(folder: string): Promise<string> {
  const file = `${folder}/fonts.conf`;
  if (!await exists(file)) {
    const staging = await Deno.makeTempFile({ prefix: "agents-fonts-" });
    await Deno.writeTextFile(
      staging,
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts</dir>` +
        `<cachedir>${folder}/fonts-cache</cachedir></fontconfig>\n`,
    );
    await Deno.rename(staging, file);
  }
  return file;
}

/** Whole or not at all: another process may be unpacking as well. */
async function unpack(folder: string): Promise<void> {
  const staging = await Deno.makeTempDir({ prefix: "agents-chromium-" });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "--no-config", "--no-lock", "--quiet", UNPACK],
      `npm:@sparticuz/chromium@${VERSION}`,
    ],
    env: { TMPDIR: staging },
  }).output();
  if (!success) throw new Error(`Chromium did not come from npm:\n${new TextDecoder().decode(stderr)}`);
  try {
    await Deno.rename(staging, folder);
  } catch (error) {
    await Deno.remove(staging, { recursive: true });
    if (!await exists(folder)) throw error;
  }
}

/** Whether the system has every library that the program is linked to. */
async function starts({ program, env }: BrowserProgram): Promise<boolean> {
  const { success } = await new Deno.Command(program, { args: ["--version"], env: { ...env } }).output();
  return success;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
