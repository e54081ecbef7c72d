// A CRM that has tables of its own goes through the five commands, from a clone to a turn, an upgrade and a removal:
// real processes, a real Postgres, real HTTP.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import postgres from "postgres";
import { z } from "zod";
import { withScratchDatabase } from "../../dev/project/scratch_database.ts";
import { testStack } from "../support/stack/stack.ts";
import { newMigration, workplace } from "../support/adopt/copy_tree.ts";
import { MENDED, SECURED } from "../support/adopt/crm_mends.ts";
import { replace } from "../support/adopt/changed_engine.ts";
import { changesBetween, folderTexts } from "../support/adopt/folder_changes.ts";
import { deployedAlone, pushed } from "../support/adopt/hosted.ts";
import { doTask, runTask, startDevTask } from "../support/adopt/task_runs.ts";
import {
  approvedChange,
  askedForADeal,
  crmUser,
  otherProtocols,
  undone,
} from "../support/adopt/crm_turns.ts";
import { triedUpgrade } from "../support/adopt/upgrades.ts";

/** What the CRM calls as the engine does, in schema `public`. */
const TAKEN = ["table public.agents", "type public.message_role"];

/** All that it has. */
const TABLES = [
  ...["activities", "agents", "billing_events", "company_profiles", "customers", "deals", "exchange_rates"],
  ...["messages", "team_members", "teams", "tickets"],
];

/** Relations that get tools at once. */
const SOUND = [
  ...["activities", "agents", "company_profiles", "customers", "deals", "messages", "open_deals"],
  ...["team_members", "teams", "tickets"],
];

/** Why the others get none, until the project mends it. */
const REFUSED: Record<string, RegExp> = {
  exchange_rates: /Row-level security is off on "exchange_rates"/,
  customer_revenue: /alter view public\.customer_revenue set \(security_invoker = true\)/,
  billing_events: /Users may not read "billing_events"/,
  invoices: /no table or view "invoices"/,
};

const Findings = z.object({ findings: z.array(z.object({ check_id: z.string(), object: z.string() })) });

Deno.test("the CRM goes through the five commands, is upgraded, and is left as it was", async (t) => {
  await using place = await workplace("crm");
  const { clone, app } = place;
  const before = folderTexts(app);
  const times: Record<string, number> = {};
  const timed = async (name: string, args: string[]) => {
    const run = await doTask(clone, args);
    times[name] = run.seconds;
    return run.output;
  };

  await t.step("a dry run says what it would write, and writes nothing", async () => {
    const output = await timed("init --dry-run", ["init", "--into", app, "--dry-run"]);
    assert.match(output, /schema agent/);
    assert.deepEqual(changesBetween(before, folderTexts(app)), { added: [], changed: [], removed: [] });
  });

  await t.step(
    "schema public is refused with exactly the names that are taken, and nothing is written",
    async () => {
      const { code, output } = await runTask(clone, ["init", "--into", app, "--schema", "public"]);
      assert.equal(code, 1, output);
      const named = output.match(/(table|type|function|view|schema) (public|private)\.\w+/g) ?? [];
      assert.deepEqual([...new Set(named)].sort(), TAKEN);
      assert.match(output, /--schema agent/);
      assert.deepEqual(changesBetween(before, folderTexts(app)), { added: [], changed: [], removed: [] });
    },
  );

  await t.step("init adds files and touches config.toml alone, of which every line stays", async () => {
    const output = await timed("init", ["init", "--into", app]);
    assert.match(output, /schema agent/);
    const after = folderTexts(app);
    const { added, changed, removed } = changesBetween(before, after);
    assert.deepEqual({ changed, removed }, { changed: ["supabase/config.toml"], removed: [] });
    const ours =
      /^supabase\/(functions\/(_agent|agent-planner|agent-executor)\/.+|migrations\/\d{14}_agent_\w+\.sql)$/;
    assert.deepEqual(added.filter((path) => !ours.test(path)), []);
    assertKept(before.get("supabase/config.toml") ?? "", after.get("supabase/config.toml") ?? "");
    assert.match((await doTask(clone, ["init", "--into", app])).output, /nothing to do/i);
    assert.deepEqual(changesBetween(after, folderTexts(app)), { added: [], changed: [], removed: [] });
  });

  await t.step(
    "new-tools refuses in a sentence what it can't make sound tools of, and writes nothing then",
    async () => {
      const written = folderTexts(app);
      for (const [table, sentence] of Object.entries(REFUSED)) {
        const { code, output } = await runTask(clone, ["new-tools", "--into", app, "--table", table]);
        assert.equal(code, 1, output);
        assert.match(output, sentence);
      }
      assert.deepEqual(changesBetween(written, folderTexts(app)), { added: [], changed: [], removed: [] });
    },
  );

  await t.step(
    "new-tools makes tools of all the others at once",
    async () => {
      const output = await timed("new-tools --all", ["new-tools", "--into", app, "--all"]);
      for (const table of SOUND) assert.match(output, new RegExp(`domain/tools/${table}\\.ts`));
      for (const table of ["exchange_rates", "customer_revenue", "billing_events"]) {
        assert.match(output, REFUSED[table] ?? /never/);
      }
    },
  );

  await t.step("the types are the database's, and every tool passes check-tools", async () => {
    await timed("types", ["types", "--project", app]);
    await timed("check-tools", ["check-tools", "--project", app]);
  });

  await t.step(
    "what was refused gets its tools once it is mended",
    async () => {
      await Deno.writeTextFile(newMigration(app, "mended"), MENDED);
      await doTask(clone, ["new-tools", "--into", app, "--table", "exchange_rates", "customer_revenue"]);
      const tools = [...folderTexts(app).keys()].flatMap((path) =>
        /domain\/tools\/(\w+)\.ts$/.exec(path)?.[1] ?? []
      );
      assert.deepEqual(tools, [...SOUND, "exchange_rates", "customer_revenue"].sort());
    },
  );

  await t.step("they pass check-tools, but for one of whose view no row can be made", async () => {
    await doTask(clone, ["types", "--project", app]);
    const { output } = await doTask(clone, ["check-tools", "--project", app]);
    assert.match(output, /^ok +get_exchange_rate /m);
    assert.match(output, /35 of 36 tools passed, in \d+ calls; can't be tried: get_customer_revenue\./);
  });

  await t.step(
    "the self-test finds what the project had before, and nothing of what the engine and new-tools made",
    async () => {
      const { code, output } = await runTask(clone, ["security", "--project", app, "--json"]);
      assert.equal(code, 1, output);
      const { findings } = Findings.parse(JSON.parse(output));
      const theirs = /^(policy ".*" on )?public\.\w+/;
      assert.deepEqual(findings.filter(({ object }) => !theirs.test(object)), []);
      assert.deepEqual(
        findings.filter(({ check_id }) => ["S24", "S26", "S27", "S38"].includes(check_id)),
        [],
      );
      await Deno.writeTextFile(newMigration(app, "secured"), SECURED);
      const mended = await timed("security", ["security", "--project", app]);
      assert.match(mended, /^Nothing was found\.$/m);
    },
  );

  // What is allowed by default is asked about where the project says so in the migration, which is its own.
  const [policy = ""] = [...folderTexts(app).keys()].filter((path) => /_agent_tools_deals\.sql$/.test(path));
  replace(`${app}/${policy}`, /\('update_deal', 'allow'\)/, "('update_deal', 'ask')");

  await t.step("a stack serves it", async (t) => {
    await using stack = await startDevTask(clone, ["--project", app, "--port", "0"]);
    times.dev = stack.seconds;
    const user = await crmUser(stack, "agent");
    await t.step("a plan finds things side by side, and makes a deal of what they found", async () => {
      times.ask = (await askedForADeal(clone, app, stack, user)).seconds;
    });
    await t.step("the run is undone", () => undone(user));
    await t.step(
      "a change that is asked about shows what it changes, and is made once approved",
      () => approvedChange(user),
    );
    await t.step("the AI SDK and AG-UI are answered", () => otherProtocols(user, stack));
  });

  await t.step("the CLI pushes its migrations, and uploads what its functions need to run", async () => {
    await pushed(app);
    await deployedAlone(app, ["send-quote"]);
  });

  await triedUpgrade(t, clone, app);

  await t.step(
    "init --remove takes out what it has brought, and a database keeps what is the project's",
    async () => {
      await timed("init --remove", ["init", "--into", app, "--remove"]);
      const { added, changed, removed } = changesBetween(before, folderTexts(app));
      assert.deepEqual({ changed, removed }, { changed: [], removed: [] });
      const stays =
        /^supabase\/(functions\/_agent\/(domain\/.+|async\/pause\.ts)|\.temp\/.+|migrations\/\d{14}_\w+\.sql)$/;
      assert.deepEqual(added.filter((path) => !stays.test(path)), []);
      assert.deepEqual(await leftInDatabase(app), {
        ...{
          schemas: ["auth", "extensions", "private", "public", "storage", "supabase_migrations"],
          triggers: [],
        },
        tables: TABLES,
      });
    },
  );

  console.log(Object.entries(times).map(([name, seconds]) => `${name}: ${seconds.toFixed(1)} s`).join("\n"));
});

/** Every line stands where it did, but for the list of schemas, which has one more. */
function assertKept(before: string, after: string): void {
  const lines = after.split("\n");
  for (const line of before.split("\n")) {
    const at = lines.findIndex((one) =>
      one === line || one === line.replace(/^(schemas = \[.*)\]/, `$1, "agent"]`)
    );
    assert.ok(at >= 0, `config.toml lost a line, or its place: ${line}`);
    lines.splice(0, at + 1);
  }
}

/** What all migrations of the project leave: its schemas and tables, and the engine's triggers on them. */
async function leftInDatabase(app: string): Promise<unknown> {
  const migrations = [{ folder: pathToFileURL(`${app}/supabase/migrations/`) }];
  return await withScratchDatabase(migrations, async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      const [row] = await sql`
        select array(select nspname::text from pg_namespace where nspname !~ '^(pg_|information_schema)' order by 1)
            as schemas,
          array(select distinct tgname::text from pg_trigger where tgname ~ '^(keep_tool|record_tool|note_row)')
            as triggers,
          array(select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
            order by 1) as tables`;
      return { ...row };
    } finally {
      await sql.end();
    }
  }, { server_url: testStack().admin_url });
}
