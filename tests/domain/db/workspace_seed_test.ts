import assert from "node:assert/strict";
import postgres from "postgres";
import { freshDatabase } from "../../support/stack/stack.ts";

const SEED = await Deno.readTextFile(new URL("../../../supabase/seed.sql", import.meta.url));

Deno.test("the seed raises and adds nothing without a demo user, and adds its workspace once with one", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const counts = async () => {
    const [row] =
      await sql`select (select count(*)::int from projects) as projects, (select count(*)::int from tasks) as tasks,
      (select count(*)::int from notes) as notes, (select count(*)::int from brain_dumps) as brain_dumps,
      (select count(*)::int from calendar_events) as calendar_events`;
    return { ...row };
  };
  try {
    await assert.rejects(sql.unsafe(SEED), /no user has the address demo@example\.com/);
    assert.deepEqual(await counts(), { projects: 0, tasks: 0, notes: 0, brain_dumps: 0, calendar_events: 0 });

    await sql`insert into auth.users (id, email) values (gen_random_uuid(), 'demo@example.com')`;
    await sql.unsafe(SEED);
    const seeded = { projects: 4, tasks: 25, notes: 10, brain_dumps: 6, calendar_events: 10 };
    assert.deepEqual(await counts(), seeded);
    await sql.unsafe(SEED);
    assert.deepEqual(await counts(), seeded);

    const [website] = await sql`
      select p.name, count(*) filter (where t.status <> 'done')::int as open,
        count(*) filter (where t.status <> 'done' and t.start_date is null)::int as undated,
        count(*) filter (where t.status = 'done' and t.completed_at < now())::int as done
      from projects p join tasks t on t.project_id = p.id where p.slug = 'website' group by p.name`;
    assert.deepEqual({ ...website }, { name: "Website", open: 6, undated: 4, done: 3 });
    const marked = await sql`
      select x.source, coalesce(b.title, e.title) as title from external_rows x
      left join brain_dumps b on x.relation = 'public.brain_dumps' and b.id::text = x.row_key
      left join calendar_events e on x.relation = 'public.calendar_events' and e.id::text = x.row_key order by 1`;
    assert.deepEqual(marked.map(({ source, title }) => [source, title]), [
      ["email", "Reseller call, unsorted"],
      ["invite", "Interview: working student"],
    ]);
  } finally {
    await sql.end();
    await drop();
  }
});

Deno.test("whatever day it is, the seeded week has something on, and time left for more", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    for (let day = 23; day < 30; day++) {
      const now = `timestamptz '2026-11-${day} 10:20+00'`;
      await sql`delete from auth.users`;
      await sql`insert into auth.users (id, email) values (gen_random_uuid(), 'demo@example.com')`;
      await sql.unsafe(SEED.replaceAll("now()", now));
      const days = await sql.unsafe(
        `select distinct date_trunc('day', starts_at) from calendar_occurrences(${now}, ${now} + interval '7 days')`,
      );
      assert.ok(days.length >= 5, `${day} November: ${days.length} days`);
      const free = await sql.unsafe(
        `select * from free_slots(${now}, ${now}, ${now} + interval '7 days', 60, 'UTC', '{9,10,11,14,15}')`,
      );
      assert.equal(free.length, 10);
    }
  } finally {
    await sql.end();
    await drop();
  }
});
