// A Postgres server for one run of the stack: made from nothing, on loopback, gone when the stack ends.
import { join } from "node:path";
import type { Child, Log } from "../process/child.ts";
import type { Guard } from "../process/guard.ts";
import { freePort } from "../process/port.ts";
import type { Upkeep } from "../process/upkeep.ts";
import { copyPostgres } from "./binaries.ts";
import { makeRunFolder } from "./run_folder.ts";

export interface Server {
  /** The superuser's URL of the database `postgres`. */
  admin_url: string;
  stop(): Promise<void>;
}

interface ServerOptions {
  upkeep: Upkeep;
  guard: Guard;
  log: Log;
}

// Postgres refuses to run as root; this is "nobody" on every system that we know, and needs no account.
const NOBODY = 65534;

// Nothing here has to survive a power cut. The library counts statements, as it does on the platform.
const SETTINGS = [
  ...["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"],
  "shared_preload_libraries=pg_stat_statements",
];

/** The server that DATABASE_URL names, or one of our own out of the npm package. */
export async function startServer(external_url: string | undefined, options: ServerOptions): Promise<Server> {
  if (external_url !== undefined) return { admin_url: external_url, stop: () => Promise.resolve() };
  const owner = Deno.uid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const { path: folder, release } = await makeRunFolder();
  options.guard.remove(folder);
  const programs = await copyPostgres(join(folder, "postgres"));
  const password = crypto.randomUUID();
  const data = join(folder, "data");
  await initialise({ folder, programs, data, password, owner, guard: options.guard });
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
  await Deno.chmod(folder, 0o755);
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
    const settings = [
      ...SETTINGS,
      `port=${port}`,
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "timezone=UTC",
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
      if (attempt === 5 || !(error instanceof Error) || !/Address already in use/.test(error.message)) {
        throw error;
      }
    }
  }
}

function environment(): Record<string, string> {
  return { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}
