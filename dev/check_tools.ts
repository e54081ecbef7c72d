// `deno task check-tools`: whether the tools of a project keep to what the engine expects of tools.
import { runCheckTools } from "./check_tools/run_check_tools.ts";
import { settings } from "./environment.ts";
import { COLOURS, PLAIN } from "./terminal/style.ts";

/** Where the output is no terminal, or one that does not tell its size. */
const WIDTH = 100;

// A signal does not wait for an orderly end: what is left ends with the database's guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(130));
}

const live = Deno.stdout.isTerminal();
const text = new TextEncoder();

Deno.exit(
  await runCheckTools(Deno.args, {
    server_url: settings().DATABASE_URL,
    paper: {
      style: live && (Deno.env.get("NO_COLOR") ?? "") === "" ? COLOURS : PLAIN,
      width: live ? Deno.consoleSize().columns || WIDTH : WIDTH,
      line: (words = "") => void Deno.stdout.writeSync(text.encode(`${words}\n`)),
    },
  }),
);
