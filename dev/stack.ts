// The whole local stack: Postgres, auth and REST, the model, the functions, and the gateway in front.
import { pathToFileURL } from "node:url";
import { type KeepFrom, openKeptData } from "./database/kept_data.ts";
import { prepareDatabase } from "./database/prepare.ts";
import { seed } from "./database/migrations.ts";
import { DEMO_USER, type DemoUser, signUpDemoUser } from "./demo_user.ts";
import { type FunctionsOptions, startFunctions } from "./functions.ts";
import { startGateway, type Upstreams } from "./gateway.ts";
import { LOCAL_PUBLISHABLE_KEY } from "./local_key.ts";
import { externalModel, type Model, type Pace, startDemoModel } from "./model.ts";
import { PARTS, type Parts, type PartsName } from "./parts.ts";
import { ownSettings } from "./function_settings.ts";
import type { Log } from "./process/child.ts";
import { type Guard, startGuard } from "./process/guard.ts";
import { together } from "./process/together.ts";
import { KEPT_RUNNING, STARTED_ONCE } from "./process/upkeep.ts";
import { startRest } from "./rest.ts";

export interface StackOptions {
  /** Of the gateway; 0 takes any free one. */
  port: number;
  /** Read for DATABASE_URL and the settings of the functions. */
  env: Record<string, string>;
  /** Of the model that comes with the parts, where no other is configured. */
  pace: Pace;
  /** What is served besides the engine: one of ours by name, or a project's. */
  parts?: PartsName | Parts;
  /** `on_change`: functions start again when their files change, and every process that ends by itself does. */
  restart?: FunctionsOptions["restart"];
  /**
   * Keeps data and users from one stack of the repository at `root` to the next. Without it they end with the stack.
   * Errors: DATABASE_URL is set.
   */
  keep?: { root: string; from: KeepFrom };
  log: Log;
}

export interface Stack {
  url: string;
  publishable_key: string;
  /** Signs the tokens of users: for tests, which need claims that no sign-in gives. */
  jwt_secret: string;
  /** The superuser's URL of the stack's own database. */
  database_url: string;
  /** The superuser's URL of the server's maintenance database. */
  admin_url: string;
  /** What is served, where it is one of ours. */
  parts: PartsName | null;
  /** A database to copy: platform, auth tables and migrations, no rows. Null where the data are kept. */
  template_name: string | null;
  /** Where they are kept. */
  kept_in: string | null;
  model: Pick<Model, "kind" | "url">;
  demo_user: DemoUser;
  /** The functions that did not start, by name, and why. */
  problems: Record<string, string>;
  /** Ends everything and removes what it wrote. */
  stop(): Promise<void>;
}

/** Starts everything. When it fails, nothing is left running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { port, env, pace, log, keep, restart = "never", parts = "product" } = options;
  const served: Parts = typeof parts === "string" ? PARTS[parts] : parts;
  const { migrations, seeds, model: program } = served;
  await using cleanup = new AsyncDisposableStack();
  const upkeep = restart === "on_change" ? KEPT_RUNNING : STARTED_ONCE;
  const upstreams: Upstreams = { root: served.root, functions: {}, problems: {} };
  const gateway = startGateway(port, upstreams, log);
  cleanup.defer(gateway.stop);
  const { url } = gateway;
  const guard: Guard = startGuard();
  cleanup.defer(guard.close);
  const publishable_key = LOCAL_PUBLISHABLE_KEY;
  if (keep && env.DATABASE_URL) {
    throw new Error(
      "Data are kept on the stack's own Postgres only. Unset DATABASE_URL, or start without --keep.",
    );
  }
  const kept = keep && await openKeptData(keep.root, keep.from);
  if (kept) cleanup.defer(kept.release);
  const jwt_secret = kept?.jwt_secret ?? `${crypto.randomUUID()}${crypto.randomUUID()}`;

  const [database, thinking] = await together(
    async () => {
      const options = { cleanup, upkeep, guard, log, migrations, kept };
      const database = await prepareDatabase(env.DATABASE_URL, options);
      const { database_url } = database;
      const rest = await startRest({
        ...{ database_url, publishable_key, jwt_secret, site_url: url, upkeep, guard, log },
        schemas: served.schemas,
      });
      cleanup.defer(rest.stop);
      upstreams.auth_and_rest = rest.url;
      if (seeds && kept?.state !== "filled") {
        await signUpDemoUser(url, publishable_key);
        await seed(database_url, seeds);
      }
      await kept?.filled();
      return database;
    },
    async () => {
      const model = externalModel(env) ?? await startDemoModel({ program, pace, upkeep, guard, log });
      cleanup.defer(model.stop);
      const settings = { ...ownSettings(env), ...model.env };
      const functions = await startFunctions({
        ...{ supabase_url: url, publishable_key, settings, restart, guard, log },
        ...{ entries: served.entries, root: pathToFileURL(`${served.root}/`) },
        config: pathToFileURL(served.deno_config),
      });
      cleanup.defer(functions.stop);
      upstreams.functions = functions.addresses;
      upstreams.problems = functions.problems;
      return { model: { kind: model.kind, url: model.url }, problems: functions.problems };
    },
  );

  const running = cleanup.move();
  return {
    url,
    publishable_key,
    jwt_secret,
    parts: typeof parts === "string" ? parts : null,
    kept_in: kept?.folder ?? null,
    ...database,
    ...thinking,
    demo_user: DEMO_USER,
    stop: () => running.disposeAsync(),
  };
}
