// The probes of `deno task security`: on tables each of which lets one thing through, every probe finds those that it
// is to find, and no others. One database, and one look at it.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { ask } from "../../../dev/security/ask.ts";
import type { Outcome } from "../../../dev/security/finding.ts";
import { PROBES } from "../../../dev/security/probes.ts";
import { API_SCHEMAS } from "../../support/stack/our_schemas.ts";
import { freshDatabase, lookAt } from "../../support/stack/stack.ts";
import { insertWorld } from "../../db/agents_world.ts";

const OWN = "(select auth.uid()) = user_id";

/** A table of one row that is somebody's, with the policies and rights of a sound one. */
function table(name: string, columns = "note text"): string {
  return `
    create table public.${name} (
      id bigint generated always as identity primary key,
      user_id uuid not null default auth.uid() references auth.users on delete cascade, ${columns}
    );
    alter table public.${name} enable row level security;
    create policy read on public.${name} for select to authenticated using (${OWN});
    create policy write on public.${name} for insert to authenticated with check (${OWN});
    create policy change on public.${name} for update to authenticated using (${OWN}) with check (${OWN});
    create policy remove on public.${name} for delete to authenticated using (${OWN});
    revoke all on public.${name} from public, anon, authenticated, service_role;
    grant select, insert, update, delete on public.${name} to authenticated;
    insert into public.${name} (user_id) select id from auth.users limit 1;`;
}

/** What opens a table, and the probes that find it. */
const DOORS: Record<string, { sql: string; found: readonly string[]; columns?: string }> = {
  sound: { sql: "", found: [] },
  open_to_read: { sql: "alter policy read on public.open_to_read using (true)", found: ["P1"] },
  off: { sql: "alter table public.off disable row level security", found: ["P1", "P2", "P4", "P5"] },
  open_to_change: {
    sql:
      "alter policy read on public.open_to_change using (true); alter policy change on public.open_to_change using (true)",
    found: ["P1", "P2"],
  },
  open_to_delete: { sql: "alter policy remove on public.open_to_delete using (true)", found: ["P2"] },
  held_by_a_key: {
    sql: `alter policy remove on public.held_by_a_key using (true);
      create table public.holder (user_id uuid not null references auth.users,
        held bigint references public.held_by_a_key (id));
      alter table public.holder enable row level security;
      insert into public.holder select user_id, id from public.held_by_a_key`,
    found: ["P2"],
  },
  open_to_visitors: {
    sql: "grant select on public.open_to_visitors to anon",
    found: ["P3"],
  },
  open_to_visitors_writes: {
    sql: `grant insert on public.open_to_visitors_writes to anon;
      create policy all_may on public.open_to_visitors_writes for insert to anon with check (true)`,
    found: ["P3"],
  },
  open_to_forgery: { sql: "alter policy write on public.open_to_forgery with check (true)", found: ["P4"] },
  forgery_stopped_by_a_column: {
    sql: "alter policy write on public.forgery_stopped_by_a_column with check (true)",
    columns: "note text not null default 'x' check (note <> ''), must int not null default 1",
    found: ["P4"],
  },
  open_to_gifts: { sql: "alter policy change on public.open_to_gifts with check (true)", found: ["P5"] },
  gifts_that_no_right_allows: {
    sql: `alter policy change on public.gifts_that_no_right_allows with check (true);
      revoke update on public.gifts_that_no_right_allows from authenticated;
      grant update (note) on public.gifts_that_no_right_allows to authenticated`,
    found: [],
  },
  sound_with_a_domain: {
    sql: "alter table public.sound_with_a_domain alter named drop default",
    columns: "named public.word default 'x'",
    found: [],
  },
};

const PARTITIONED = `
  create table public.sound_in_parts (id int, user_id uuid not null references auth.users) partition by list (id);
  alter table public.sound_in_parts enable row level security;
  create policy own on public.sound_in_parts to authenticated using (${OWN}) with check (${OWN});
  grant select, insert, update, delete on public.sound_in_parts to authenticated`;

const VIEW = `
  create view public.seen_by_all as select * from public.sound;
  grant select on public.seen_by_all to authenticated`;

const TRIGGERED = `${table("stopped_before")}
  create function private.stop() returns trigger language plpgsql set search_path = '' as $$
    begin raise exception 'not today'; end $$;
  create trigger stop before insert on public.stopped_before for each row execute function private.stop()`;

Deno.test("each probe finds the doors that are open to it, and no others", () =>
  onFreshDatabase(async (sql, url) => {
    const before = await rowsOf(sql);
    await sql.unsafe("create domain public.word as text not null");
    for (const [name, { sql: opened, columns }] of Object.entries(DOORS)) {
      await sql.unsafe(`${table(name, columns)} ${opened}`);
    }
    await sql.unsafe(`${PARTITIONED}; ${VIEW}; ${TRIGGERED}`);
    const made = await rowsOf(sql);
    const outcome = await look(url);
    const found = Object.groupBy(probed(outcome), ({ object }) => object);
    const expected = Object.entries(DOORS).map(([name, { found }]) => [`public.${name}`, [...found]]);
    const actual = expected.map((
      [name],
    ) => [name, (found[String(name)] ?? []).map(({ check_id }) => check_id)]);
    assert.deepEqual(actual, expected);
    assert.deepEqual(found["public.seen_by_all"]?.map(({ check_id }) => check_id), ["P1"]);
    const known = new Set([...expected.map(([name]) => name), "public.seen_by_all"]);
    assert.deepEqual(Object.keys(found).filter((object) => !known.has(object)), []);
    assert.ok(
      outcome.unseen.some(({ object, why }) =>
        object === "public.stopped_before" && why === "P4 was stopped by P0001: not today"
      ),
    );
    assert.deepEqual(await rowsOf(sql), made, "what a probe does is undone");
    assert.notDeepEqual(made, before);
  }));

Deno.test("every probe has a door that it finds", () => {
  const found = new Set(Object.values(DOORS).flatMap(({ found }) => found));
  assert.deepEqual([...found].sort(), PROBES.map(({ id }) => id));
});

Deno.test("nothing comes through in the schema as it ships, with rows in every table that users have", () =>
  onFreshDatabase(async (sql, url) => {
    const { findings, unseen, probes } = await look(url);
    assert.deepEqual(findings, []);
    assert.deepEqual(unseen, []);
    // The kinds of things that agents work on are the operator's, and the product's domain has none.
    const [{ empty = [] } = {}] = await sql<
      { empty: string[] }[]
    >`select array_agg(relname::text order by 1) as empty
      from pg_class where relnamespace::regnamespace::text = any (${API_SCHEMAS}) and relkind = 'r'
        and (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || oid::regclass, true, true, '')))[1]::text = '0'`;
    assert.deepEqual(
      probes.map(({ probe, on, without_rows }) => [probe, on > 15, without_rows <= empty.length]),
      [
        ...["P1", "P2", "P3", "P4", "P5"].map((probe) => [probe, true, true]),
      ],
    );
    assert.ok(!empty.some((name) => name.startsWith("agent_") && name !== "agent_subjects"), empty.join());
  }));

function probed({ findings }: Outcome) {
  return findings.filter(({ check_id }) => check_id.startsWith("P"));
}

/** How many rows there are of each table, and what sequences have given out is not of interest. */
async function rowsOf(sql: Sql): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; image: string }[]>`
    select c.oid::regclass::text as name,
      md5(query_to_xml('select * from ' || c.oid::regclass || ' t order by t::text', true, true, '')::text) as image
    from pg_class c where c.relnamespace::regnamespace::text = any (${API_SCHEMAS}) and c.relkind = 'r'`;
  return Object.fromEntries(rows.map(({ name, image }) => [name, image]));
}

const look = (url: string): Promise<Outcome> => ask(url, [], () => performance.now());

async function onFreshDatabase(work: (sql: Sql, url: string) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = lookAt(url);
  try {
    await insertWorld(sql);
    await work(sql, url);
  } finally {
    await sql.end();
    await drop();
  }
}
