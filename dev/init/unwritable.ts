// Whether init may write where it has to, tried out with folders that are gone at once.
import { dirname, join } from "node:path/posix";
import { CONFIG_FILE } from "./config_toml.ts";
import { AGENT_FOLDER, FUNCTIONS } from "./engine.ts";
import { MIGRATIONS_FOLDER } from "./site.ts";

const FOLDERS = [AGENT_FOLDER, ...FUNCTIONS.map((name) => `supabase/functions/${name}`), MIGRATIONS_FOLDER];

/** A sentence for each place that can't be written. */
export async function unwritable(root: string): Promise<string[]> {
  const folders = await Promise.all(FOLDERS.map((folder) => existing(root, folder)));
  const places = new Set(["supabase", ...folders]);
  const closed = [];
  for (const place of places) {
    if (!await takesFolders(join(root, place))) closed.push(place);
  }
  if (!await takesText(join(root, CONFIG_FILE))) closed.push(CONFIG_FILE);
  return closed.map((place) => `${place} can't be written by whoever runs this.`);
}

/** The folder, or the nearest one around it that is there. */
async function existing(root: string, folder: string): Promise<string> {
  const there = await Deno.stat(join(root, folder)).catch(() => null);
  return there !== null || folder === "supabase" ? folder : await existing(root, dirname(folder));
}

async function takesFolders(folder: string): Promise<boolean> {
  try {
    await Deno.remove(await Deno.makeTempDir({ dir: folder, prefix: ".agent-init-" }));
    return true;
  } catch {
    return false;
  }
}

async function takesText(file: string): Promise<boolean> {
  try {
    (await Deno.open(file, { write: true })).close();
    return true;
  } catch {
    return false;
  }
}
