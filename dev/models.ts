// `deno task models [id]`: what is sent for a model, and whether its host takes it.
import { systemClock } from "../shared/async/system_clock.ts";
import { settings } from "./environment.ts";
import { runModels } from "./models/run_models.ts";
import { COLOURS, PLAIN } from "./terminal/style.ts";

/** Where the output is no terminal, or one that does not tell its size. */
const WIDTH = 80;

const live = Deno.stdout.isTerminal();
const text = new TextEncoder();
const interrupted = new AbortController();

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    if (interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort();
  });
}

/** Ends as other commands do when nobody reads on, such as `head`. */
function line(words = ""): void {
  try {
    Deno.stdout.writeSync(text.encode(`${words}\n`));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(141);
    throw error;
  }
}

Deno.exit(
  await runModels(Deno.args, {
    env: settings(),
    paper: {
      style: live && (Deno.env.get("NO_COLOR") ?? "") === "" ? COLOURS : PLAIN,
      width: live ? Deno.consoleSize().columns || WIDTH : WIDTH,
      line,
    },
    fetch,
    clock: systemClock,
    random: Math.random,
    signal: interrupted.signal,
  }),
);
