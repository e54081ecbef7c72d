// The migrations as an adopter applies them: with the real CLI, on a database that knows nothing of ours.
import assert from "node:assert/strict";
import postgres from "postgres";
import { z } from "zod";
import { migrate } from "../../../dev/database/migrations.ts";
import { PARTS } from "../../../dev/parts.ts";
import { cli, REPOSITORY } from "../../support/deploy/cli.ts";
import { freshDatabase } from "../../support/stack/stack.ts";
import { stockDatabase } from "../../support/stack/stock_database.ts";
import { test } from "../../support/test.ts";

const Pushed = z.object({
  upToDate: z.boolean(),
  migrations: z.array(z.string()),
  seeds: z.array(z.string()),
});

test("the CLI applies every migration to a stock Postgres, and a second push finds nothing to do", async () => {
  await using supabase = await cli();
  await using stock = await stockDatabase();
  const files = [...Deno.readDirSync(`${REPOSITORY}supabase/migrations`)].map(({ name }) => name).sort();

  const first = Pushed.parse(await supabase.json(["db", "push", `--remote=${stock.url}`]));
  const second = Pushed.parse(await supabase.json(["db", "push", `--remote=${stock.url}`]));

  assert.ok(files.length > 0);
  assert.deepEqual(first.migrations.map((path) => path.split("/").at(-1)), files);
  assert.deepEqual(second, { upToDate: true, migrations: [], seeds: [] });
});

test("the CLI and the local stack record the same migrations and build the same database", async () => {
  await using supabase = await cli();
  await using stock = await stockDatabase();
  const { url, drop } = await freshDatabase();
  const local = postgres(url, { max: 1 });
  try {
    await supabase.json(["db", "push", `--remote=${stock.url}`]);

    assert.deepEqual(await recorded(stock.sql), await recorded(local));
    const built = await catalogue(stock.sql);
    assert.deepEqual(built, await catalogue(local));
    assert.ok(built.some((line) => line.includes("claim_step")));
    // Each finds the other's work done.
    const again = Pushed.parse(await supabase.json(["db", "push", `--remote=${url}`]));
    assert.equal(again.upToDate, true);
    await migrate(stock.url, PARTS.product.migrations);
    assert.deepEqual(await catalogue(stock.sql), built);
  } finally {
    await local.end();
    await drop();
  }
});

test("the CLI refuses the seed while there is no demo user, and fills the workspace once there is one", async () => {
  await using supabase = await cli();
  await using stock = await stockDatabase();
  const { sql } = stock;
  const refused = await supabase.run(["db", "push", "--include-seed", `--remote=${stock.url}`]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Sign that user up, then seed again/);
  await sql`insert into auth.users (id, email) values (gen_random_uuid(), 'demo@example.com')`;

  const pushed = Pushed.parse(await supabase.json(["db", "push", "--include-seed", `--remote=${stock.url}`]));

  assert.equal(pushed.seeds.length, 1);
  const [counts] = await sql`select (select count(*)::int from projects) as projects,
    (select count(*)::int from tasks) as tasks, (select count(*)::int from notes) as notes,
    (select count(*)::int from brain_dumps) as brain_dumps`;
  assert.deepEqual({ ...counts }, { projects: 4, tasks: 25, notes: 10, brain_dumps: 6 });
});

async function recorded(sql: postgres.Sql): Promise<readonly unknown[]> {
  return await sql`select version, name from supabase_migrations.schema_migrations order by version`;
}

/** What the migrations have made, one line each: columns, constraints, indexes, policies, functions, enums. */
async function catalogue(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select line from (
      select format('column %s.%s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attnotnull,
          pg_get_expr(adbin, adrelid)) as line, attrelid as of
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attnum > 0
      union all select format('constraint %s %s', conname, pg_get_constraintdef(oid)), conrelid from pg_constraint
      union all select pg_get_indexdef(indexrelid), indrelid from pg_index
      union all select format('policy %s %s %s %s %s', polname, polcmd, polroles::regrole[],
          pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), polrelid from pg_policy
    ) lines join pg_class c on c.oid = lines.of where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    union all select pg_get_functiondef(p.oid) from pg_proc p
      where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prokind = 'f'
    union all select format('enum %s %s', enumtypid::regtype, enumlabel) from pg_enum
    order by 1`;
  return rows.map(({ line }) => line);
}
