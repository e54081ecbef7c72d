// Rights, policies and functions of the whole schema against the list that is checked in (schema_expected.ts,
// schema_functions.ts).
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { freshDatabase } from "../support/stack/stack.ts";
import {
  DATABASE_TABLES,
  DECISIONS,
  DEFINERS,
  EFFECTS,
  EXTERNAL_ROWS,
  INSERTABLE_COLUMNS,
  LEDGER,
  OPERATOR_TABLES,
  OWNERS_TABLES,
  RULES,
  SETTINGS,
  SUMMARIES,
  UPDATABLE_COLUMNS,
  UPDATED_ROWS,
} from "./schema_expected.ts";
import { API_FUNCTIONS, PRIVATE_FUNCTIONS, UNCALLED_FUNCTIONS } from "./schema_functions.ts";

const OWN_ROWS = "(( SELECT auth.uid() AS uid) = user_id)";

Deno.test("rights, policies and functions are those of the checked-in list, and no others", () =>
  onFreshDatabase(async (sql) => {
    assert.deepEqual(await actual(sql), expected());
  }));

const CHANGES: Record<string, string> = {
  "a new table": "create table public.secrets (id uuid primary key)",
  "a new view": "create view public.everything as select * from public.agent_runs",
  "a right for visitors": "grant select on public.notes to anon",
  "a right for everyone": "grant select on public.notes to public",
  "a right to delete": "grant delete on public.agent_runs to authenticated",
  "a column that may be changed": "grant update (content) on public.chat_messages to authenticated",
  "a right for the service role": "grant update on public.tasks to service_role",
  "row-level security switched off": "alter table public.agents disable row level security",
  "a policy for all roles": 'alter policy "own rows: select" on public.agents to public',
  "a second policy": "create policy everybody on public.agents for select to authenticated using (true)",
  "a policy that checks nothing": 'alter policy "own rows: update" on public.agents with check (true)',
  "a new function": "create function public.f() returns int language sql set search_path = '' as 'select 1'",
  "a function that visitors may call": "grant execute on function public.get_run(uuid) to anon",
  "a function with its owner's rights": "alter function public.get_run(uuid) security definer",
  "a function without a search path": "alter function public.get_run(uuid) reset search_path",
  "a default right": "alter default privileges in schema public grant select on tables to anon",
};

Deno.test("whatever is changed fails the comparison until it stands in the list", (t) =>
  onFreshDatabase(async (sql) => {
    for (const [what, statement] of Object.entries(CHANGES)) {
      await t.step(what, async () => {
        const compared = new Error("rolled back");
        await sql.begin(async (changed) => {
          await changed.unsafe(statement);
          assert.notDeepEqual(await actual(changed), expected());
          throw compared;
        }).catch((error) => {
          if (error !== compared) throw error;
        });
      });
    }
    assert.deepEqual(await actual(sql), expected());
  }));

/** One line for each thing that the API's roles can reach. */
async function actual(sql: Sql | TransactionSql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with ours as (select oid, nspname from pg_namespace where nspname in ('public', 'private')),
    relations as (
      select c.*, n.nspname from pg_class c join ours n on n.oid = relnamespace
        where relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    ),
    rights as (
      select relname, grantee, lower(privilege_type) as command, null as columns
        from relations, aclexplode(coalesce(relacl, acldefault('r', relowner))) where grantee <> relowner
      union all
      select relname, grantee, lower(privilege_type), string_agg(attname, ', ' order by attname)
        from relations join pg_attribute on attrelid = relations.oid, aclexplode(attacl) where grantee <> relowner
        group by relname, grantee, privilege_type
    )
    select format('%s %s.%s, row-level security %s', case relkind when 'r' then 'table' else relkind::text end,
      nspname, relname, relrowsecurity) as line from relations
    union all select format('right %s %s: %s %s', relname, coalesce(nullif(grantee, 0)::regrole::text, 'public'),
      command, columns) from rights
    union all select format('policy %s for %s to %s, %s: using %s check %s', tablename, lower(cmd),
      roles, permissive, coalesce(qual, '-'), coalesce(with_check, '-')) from pg_policies where schemaname in ('public', 'private')
    union all select format('function %s%s, definer %s, %s, called by %s', case nspname when 'private' then 'private.' end,
      proname, prosecdef, coalesce(array_to_string(proconfig, ','), 'no settings'),
      coalesce((select string_agg(coalesce(nullif(grantee, 0)::regrole::text, 'public'), ', ')
        from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee <> proowner), 'nobody'))
      from pg_proc p join ours n on n.oid = pronamespace
    union all select format('default right %s', defaclacl) from pg_default_acl`;
  return rows.map(({ line }) => line.trimEnd()).sort();
}

function expected(): string[] {
  const lines: string[] = [
    ...LEDGER,
    ...SUMMARIES,
    ...ownRows(),
    ...decisions(),
    ...EFFECTS,
    ...EXTERNAL_ROWS,
    ...OPERATOR_TABLES,
    ...OWNERS_TABLES,
    ...RULES,
  ];
  for (const [table, columns] of Object.entries(UPDATABLE_COLUMNS)) {
    lines.push(`table public.${table}, row-level security t`);
    lines.push(
      `right ${table} authenticated: insert ${(INSERTABLE_COLUMNS[table] ?? []).join(", ")}`.trimEnd(),
    );
    lines.push(`right ${table} authenticated: select`);
    lines.push(`right ${table} service_role: select`);
    const policy = `policy ${table} for`;
    lines.push(`${policy} select to {authenticated}, PERMISSIVE: using ${OWN_ROWS} check -`);
    lines.push(`${policy} insert to {authenticated}, PERMISSIVE: using - check ${OWN_ROWS}`);
    if (columns.length === 0) continue;
    lines.push(`right ${table} authenticated: update ${columns.join(", ")}`);
    const rows = UPDATED_ROWS[table] ?? OWN_ROWS;
    lines.push(`${policy} update to {authenticated}, PERMISSIVE: using ${OWN_ROWS} check ${rows}`);
  }
  for (const table of DATABASE_TABLES) {
    lines.push(`table public.${table}, row-level security t`);
    lines.push(`right ${table} authenticated: select`);
    lines.push(`right ${table} service_role: select`);
    const owner = `policy ${table} for select to {authenticated}, PERMISSIVE`;
    lines.push(`${owner}: using ${OWN_ROWS} check -`);
  }
  for (const name of [...API_FUNCTIONS, ...PRIVATE_FUNCTIONS, ...UNCALLED_FUNCTIONS]) {
    const callers = UNCALLED_FUNCTIONS.includes(name) ? "nobody" : "authenticated";
    const definer = DEFINERS.includes(name) ? "t" : "f";
    const settings = SETTINGS[name] ?? 'search_path=""';
    lines.push(`function ${name}, definer ${definer}, ${settings}, called by ${callers}`);
  }
  return lines.sort();
}

/** The policies of the ledger and of summaries. */
function ownRows(): string[] {
  const sealed = `(${OWN_ROWS} AND (EXISTS ( SELECT\n   FROM usage_reservations r\n` +
    "  WHERE ((r.id = usage_settlements.reservation_id) AND " +
    "(r.seal = encode(sha256(convert_to(usage_settlements.secret, 'UTF8'::name)), 'hex'::text))))))";
  return ["usage_reservations", "usage_settlements", "chat_session_summaries"].flatMap((table) => [
    `policy ${table} for select to {authenticated}, PERMISSIVE: using ${OWN_ROWS} check -`,
    `policy ${table} for insert to {authenticated}, PERMISSIVE: using - check ${
      table === "usage_settlements" ? sealed : OWN_ROWS
    }`,
  ]);
}

/** A decision is the person's own, on what they were shown, while it can be made. */
function decisions(): string[] {
  const policy = "policy approval_decisions for";
  const call = "(c.user_id = ( SELECT auth.uid() AS uid)) AND (c.id = approval_decisions.call_id)" +
    " AND (c.status = 'awaiting_approval'::tool_call_status) AND (c.expires_at > now())" +
    " AND (c.arguments_sha256 = approval_decisions.shown_sha256)" +
    " AND ((NOT approval_decisions.approved) OR (approval_decisions.edited IS NOT NULL)" +
    " OR (COALESCE(approval_decisions.effects, 'null'::jsonb) = COALESCE(c.effects, 'null'::jsonb)))";
  const run = "(r.status = ANY (ARRAY['running'::run_status, 'awaiting_approval'::run_status]))" +
    " AND (r.cancel_requested_at IS NULL)";
  const counts = `(${OWN_ROWS} AND (NOT ( SELECT private.is_agent() AS is_agent)) AND (EXISTS ( SELECT\n` +
    "   FROM (agent_tool_calls c\n" +
    "     JOIN agent_runs r ON (((r.user_id = c.user_id) AND (r.id = c.run_id))))\n" +
    `  WHERE (${call} AND ${run}))))`;
  return [
    ...DECISIONS,
    `${policy} select to {authenticated}, PERMISSIVE: using ${OWN_ROWS} check -`,
    `${policy} insert to {authenticated}, PERMISSIVE: using - check ${counts}`,
  ];
}

async function onFreshDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
    await drop();
  }
}
