// `deno task ask "message"`: one message to an agent, and what becomes of it.
import { runAsk } from "./ask/run_ask.ts";
import { personAt, styleFor, terminalOn } from "./turn/this_terminal.ts";

// The stack ends before this process does. One that is only half there can't be stopped in good order, and a second
// signal means "at once": then its guard cleans up.
const interrupted = new AbortController();
let started = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {
    if (!started || interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort();
  });
}

const side = (stream: typeof Deno.stdout | typeof Deno.stderr) => ({
  terminal: terminalOn(stream),
  style: styleFor(stream),
  live: stream.isTerminal(),
  person: personAt(stream, interrupted.signal),
});

Deno.exit(
  await runAsk(Deno.args, {
    env: Deno.env.toObject(),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    out: side(Deno.stdout),
    aside: side(Deno.stderr),
    signal: interrupted.signal,
    started: () => started = true,
  }),
);
