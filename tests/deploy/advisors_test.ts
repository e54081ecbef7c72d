// What Supabase's own linter says of the database.
import assert from "node:assert/strict";
import postgres from "postgres";
import { z } from "zod";
import { cli } from "../support/deploy/cli.ts";
import { freshDatabase } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const Findings = z.object({
  results: z.array(z.object({ name: z.string(), level: z.string(), detail: z.string() })),
});

test("supabase db advisors finds no error and nothing to warn of", async () => {
  await using supabase = await cli();
  const { url, drop } = await freshDatabase();
  const advise = async () => {
    const answer = await supabase.run(
      [
        "db",
        "advisors",
        `--remote=${url}`,
        "--level",
        "warn",
        "--fail-on",
        "warn",
        "--output-format",
        "json",
      ],
    );
    return { code: answer.code, ...Findings.parse(JSON.parse(answer.stdout)) };
  };
  try {
    assert.deepEqual(await advise(), { code: 0, results: [] });
    // It looks: the same call notices faults of both levels.
    const sql = postgres(url, { max: 1 });
    await sql.unsafe(`alter table agent_runs disable row level security;
      alter function get_run(uuid) reset search_path`);
    await sql.end();
    const { code, results } = await advise();
    const found = new Set(results.map(({ name, level }) => `${level} ${name}`));
    assert.notEqual(code, 0);
    assert.ok(found.has("ERROR rls_disabled_in_public"), [...found].join());
    assert.ok(found.has("WARN function_search_path_mutable"), [...found].join());
  } finally {
    await drop();
  }
});
