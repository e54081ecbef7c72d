// `deno task new-tools`: tools for the tables of a project, from its database.
import { settings } from "./environment.ts";
import { runNewTools } from "./new_tools/run_new_tools.ts";

// A signal does not wait for an orderly end: what is left ends with the database's guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

Deno.exit(
  await runNewTools(Deno.args, {
    server_url: settings().DATABASE_URL,
    now: new Date(),
    line: (words) => console.log(words),
  }),
);
