// `deno task init`: writes the engine into a Supabase project, brings it up to date there, or takes it out again.
import { readEngine } from "./init/engine.ts";
import { runInit } from "./init/run_init.ts";

// A signal does not wait for an orderly end: what is left ends with the database's guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

Deno.exit(
  await runInit(Deno.args, {
    // A task runs in the folder of deno.json, whoever calls it from where.
    cwd: Deno.env.get("INIT_CWD") ?? Deno.cwd(),
    now: new Date(),
    server_url: Deno.env.get("DATABASE_URL"),
    engineIn: readEngine,
    line: (text = "") => console.log(text),
  }),
);
