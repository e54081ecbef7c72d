// `deno task dev` heals itself: whatever part of it goes away comes back where it was.
import assert from "node:assert/strict";
import postgres from "postgres";
import { startDev } from "../support/stack/dev_command.ts";
import { processOf } from "../support/stack/processes.ts";

const linux_only = { ignore: Deno.build.os !== "linux" };

/** What `deno task dev` has printed behind this label. */
function printed(lines: string[], label: string): string {
  const line = lines.find((line) => line.trim().startsWith(label));
  assert.ok(line, `nothing is printed as ${label}`);
  return line.trim().slice(label.length).trim();
}

/** Asks again until the answer is fine; the test runner's own patience is the limit. */
async function answered(ask: () => Promise<Response>): Promise<string> {
  for (;;) {
    const answer = await ask().catch(() => null);
    const text = await answer?.text();
    if (answer?.ok && text !== undefined) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test(
  "connections that are cut and processes that die cost the stack no token and no address",
  linux_only,
  async () => {
    const dev = await startDev(["--port", "0"]);
    assert.ok(await dev.runs, dev.lines.join("\n"));
    const url = printed(dev.lines, "Supabase URL");
    const apikey = printed(dev.lines, "Publishable key");
    const json = { apikey, "content-type": "application/json" };
    const credentials = {
      email: printed(dev.lines, "Demo user"),
      password: printed(dev.lines, "Password"),
    };
    const signed_in = await fetch(`${url}/auth/v1/token?grant_type=password`, {
      method: "POST",
      headers: json,
      body: JSON.stringify(credentials),
    });
    const headers = { ...json, authorization: `Bearer ${(await signed_in.json()).access_token}` };
    // A request may be lost with the connection that it was on, as its sender has to know.
    const patience = () => AbortSignal.timeout(20_000);
    const rows = () => fetch(`${url}/rest/v1/projects?select=name`, { headers, signal: patience() });
    const turn = () =>
      fetch(`${url}/functions/v1/agent-planner`, {
        method: "POST",
        headers,
        body: JSON.stringify({ message: "Show me my tasks", stream: false }),
        signal: patience(),
      });
    const before = await answered(rows);

    for (let cut = 0; cut < 7; cut += 1) {
      const sql = postgres(printed(dev.lines, "Database"), { max: 1, onnotice: () => {} });
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
      await sql.end();
      assert.equal(await answered(rows), before);
    }
    for (
      const part of [
        "dev/rest/main.ts",
        "dev/model/main.ts",
        "agent-planner",
        "agent-executor",
        "postgres -D",
      ]
    ) {
      Deno.kill(await processOf(dev.process.pid, part), "SIGKILL");
      assert.equal(await answered(rows), before, `after ${part} was killed`);
      assert.match(await answered(turn), /tasks/, `after ${part} was killed`);
    }

    dev.process.kill("SIGINT");
    assert.equal((await dev.process.status).code, 0);
    await dev.output;
    assert.deepEqual([...Deno.readDirSync(dev.folder)], []);
    await Deno.remove(dev.folder);
  },
);
