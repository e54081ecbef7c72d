// All golden logs, cut in every way, as `resumableFetch` hands them on, and as the clients themselves read them, as they
// come from npm.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readGoldenLogs } from "../golden/golden_log.ts";
import { PROJECTIONS } from "../protocols/recording.ts";
import { CUTS, readCutStreams } from "./cut_streams.ts";

const LOGS = await readGoldenLogs();
const CLIENTS = [
  ["ai_sdk_5", "npm:ai@5.0.277"],
  ["ai_sdk_6", "npm:ai@6.0.326"],
  ["ai_sdk_7", "npm:ai@7.0.173"],
  ["ag_ui", "npm:@ag-ui/client@1.0.0"],
] as const;

const Told = z.record(
  z.string(),
  z.array(z.object({ messages: z.json(), problems: z.array(z.string()), asked: z.int() })),
);

Deno.test("every golden log in every protocol, cut in every way, is what it is uncut, byte for byte", async () => {
  assert.equal(await readCutStreams(LOGS), LOGS.length * PROJECTIONS.length * CUTS.length);
});

for (const [name, specifier] of CLIENTS) {
  Deno.test(`${specifier} with resumableFetch makes of every cut log what it makes of the uncut one`, async () => {
    const file = fileURLToPath(new URL("./stock_reader.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", "--no-lock", file, name, specifier],
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    const output = child.output();
    await new Blob([JSON.stringify({ logs: LOGS, cuts: CUTS })]).stream().pipeTo(child.stdin);
    const { success, stdout, stderr } = await output;
    assert.ok(success, new TextDecoder().decode(stderr));
    const told = Told.parse(JSON.parse(new TextDecoder().decode(stdout)));
    assert.equal(Object.keys(told).length, LOGS.length);
    for (const [log, [whole, ...cut]] of Object.entries(told)) {
      assert.ok(whole && cut.length === CUTS.length);
      for (const [i, { messages, problems, asked }] of cut.entries()) {
        assert.deepEqual({ messages, problems }, { messages: whole.messages, problems: whole.problems }, log);
        assert.ok(asked > whole.asked, `${log} was not cut after every ${CUTS[i]}`);
      }
    }
  });
}
