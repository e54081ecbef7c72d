// `deno task security`: whether a database holds its users apart.
import { settings } from "./environment.ts";
import { runSecurity } from "./security/run_security.ts";
import { COLOURS, PLAIN } from "./terminal/style.ts";

/** Where the output is no terminal, or one that does not tell its size. */
const WIDTH = 80;

// A signal does not wait for an orderly end: what is left ends with the database's guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

const live = Deno.stdout.isTerminal();
const text = new TextEncoder();

Deno.exit(
  await runSecurity(Deno.args, {
    server_url: settings().DATABASE_URL,
    paper: {
      style: live && (Deno.env.get("NO_COLOR") ?? "") === "" ? COLOURS : PLAIN,
      width: live ? Deno.consoleSize().columns || WIDTH : WIDTH,
      line: (words = "") => void Deno.stdout.writeSync(text.encode(`${words}\n`)),
    },
    now: () => performance.now(),
  }),
);
