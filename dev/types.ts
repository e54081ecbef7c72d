// `deno task types`: writes the types of the tables anew, from the migrations or from a database that has them.
import { runTypes } from "./types/run_types.ts";

// A signal does not wait for an orderly end: what is left ends with the database's guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

Deno.exit(
  await runTypes(Deno.args, {
    server_url: Deno.env.get("DATABASE_URL"),
    line: (words) => console.log(words),
  }),
);
