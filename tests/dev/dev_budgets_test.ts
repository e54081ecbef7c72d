// `deno task dev` and the developer's environment.
import assert from "node:assert/strict";
import { startDev } from "../support/stack/dev_command.ts";

const linux_only = { ignore: Deno.build.os !== "linux" };

Deno.test(
  "the functions of `deno task dev` keep to the budgets of the developer's environment",
  linux_only,
  async () => {
    const dev = await startDev(["--port", "0"], { RUN_MAX_MODEL_CALLS: "none" });
    assert.ok(await dev.runs, dev.lines.join("\n"));
    assert.match(dev.lines.join("\n"), /RUN_MAX_MODEL_CALLS/);
    dev.process.kill("SIGINT");
    await dev.process.status;
    await dev.output;
    await Deno.remove(dev.folder, { recursive: true });
  },
);
