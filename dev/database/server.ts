// A Postgres server for one run of the stack: made from nothing, or on data that are kept, on loopback, gone when the
// stack ends.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Child, Log } from "../process/child.ts";
import type { Guard } from "../process/guard.ts";
import { freePort } from "../process/port.ts";
import type { Upkeep } from "../process/upkeep.ts";
import { copyPostgres } from "./binaries.ts";
import type { KeptData } from "./kept_data.ts";
import { makeRunFolder } from "./run_folder.ts";

export interface Server {
  /** The superuser's URL of the database `postgres`. */
  admin_url: string;
  stop(): Promise<void>;
}

interface ServerOptions {
  /** Of a server of our own: where its data are, if they outlive it. */
  kept?: KeptData;
  upkeep: Upkeep;
  guard: Guard;
  log: Log;
  /** Of a server of our own: what is to be set otherwise, as `name=value`. */
  settings?: readonly string[];
}

// Postgres refuses to run as root; this is "nobody" on every system that we know, and needs no account.
const NOBODY = 65534;

// The library counts statements, as it does on the platform.
const SETTINGS = [
  ...["synchronous_commit=off", "max_connections=200", "shared_preload_libraries=pg_stat_statements"],
  ...["listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC"],
];
// What ends with its stack has not to survive a power cut.
const CARELESS = ["fsync=off", "full_page_writes=off"];

/** The server that DATABASE_URL names, or one of our own out of the npm package. */
export async function startServer(external_url: string | undefined, options: ServerOptions): Promise<Server> {
  if (external_url !== undefined) return { admin_url: external_url, stop: () => Promise.resolve() };
  const owner = Deno.uid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const { path: folder, release } = await makeRunFolder();
  options.guard.remove(folder);
  await Deno.chmod(folder, 0o755);
  const programs = await copyPostgres(join(folder, "postgres"));
  const { kept } = options;
  const password = kept?.postgres_password ?? crypto.randomUUID();
  const data = join(kept?.folder ?? folder, "data");
  if (kept?.state !== "filled") {
    await initialise({ folder, programs, data, password, owner, guard: options.guard });
  }
  const { server, port } = await listen({ ...options, folder, programs, data, owner });
  return {
    admin_url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      release();
    },
  };
}

interface Place {
  folder: string;
  programs: string;
  data: string;
  owner: { uid?: number; gid?: number };
}

interface Initialisation extends Place {
  password: string;
  guard: Guard;
}

async function initialise({ folder, programs, data, owner, password, guard }: Initialisation) {
  const password_file = join(folder, "password");
  await Deno.writeTextFile(password_file, password, { mode: 0o600 });
  await Deno.mkdir(data, { mode: 0o700 });
  for (const path of [password_file, data]) await Deno.chown(path, owner.uid ?? null, owner.gid ?? null);
  const process = new Deno.Command(join(programs, "initdb"), {
    args: [
      ...["-D", data, "-U", "postgres", "--pwfile", password_file, "--auth=password", "--no-sync"],
      ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    ],
    env: environment(),
    clearEnv: true,
    cwd: folder,
    detached: true,
    stdout: "null",
    stderr: "piped",
    ...owner,
  }).spawn();
  guard.watch(process.pid);
  const { success, stderr } = await process.output();
  guard.forget(process.pid);
  await Deno.remove(password_file);
  if (!success) throw new Error(`Postgres could not be set up:\n${new TextDecoder().decode(stderr)}`);
}

/** A port can be taken between looking and listening, so it is tried a few times. */
async function listen(place: Place & ServerOptions): Promise<{ server: Child; port: number }> {
  for (let attempt = 1;; attempt += 1) {
    const port = freePort();
    // Of a setting that is given twice, the last one counts.
    const settings = [
      ...[...SETTINGS, ...(place.kept ? [] : CARELESS), ...(place.settings ?? [])],
      `port=${port}`,
    ];
    try {
      const server = await place.upkeep.start({
        name: "postgres",
        command: join(place.programs, "postgres"),
        args: ["-D", place.data, ...settings.flatMap((setting) => ["-c", setting])],
        env: environment(),
        ready: /database system is ready to accept connections/,
        guard: place.guard,
        log: place.log,
        cwd: place.folder,
        ...place.owner,
      });
      return { server, port };
    } catch (error) {
      const words = error instanceof Error ? error.message : "";
      if (attempt === 5 || !/Address already in use|postmaster\.pid" already exists/.test(words)) throw error;
      // A server that lost its stack is about to end, and has the data until then.
      if (words.includes("postmaster.pid")) await setTimeout(1_000);
    }
  }
}

function environment(): Record<string, string> {
  return { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}
