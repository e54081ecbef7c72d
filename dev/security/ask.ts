// The self-test of one database: the schema's own checks, then the probes.
import postgres, { type Sql } from "postgres";
import type { EngineSchemas } from "../schema/engine_schemas.ts";
import { findEngines } from "../schema/find_engine.ts";
import type { Excused, Finding, Outcome, Tried, Unseen } from "./finding.ts";
import { judge, type Probe, PROBES } from "./probes.ts";
import { readRelations, type Relation } from "./relations.ts";
import { makeTries } from "./tries.ts";

/** A clock that only counts, in milliseconds. */
export type Stopwatch = () => number;

/** There is no engine whose checks could be asked. */
export class NoSelfTest extends Error {}

/** Where the engine lies, and the schemas that are asked about. */
interface Asked extends EngineSchemas {
  schemas: readonly string[];
}

/**
 * Asks the database at `url`, as its tables' owner: about `schemas`, or where none is named, about the engine's and the
 * project's own. What it can't ask it throws.
 */
export async function ask(url: string, schemas: readonly string[], now: Stopwatch): Promise<Outcome> {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => {},
    connect_timeout: 10,
    prepare: false,
    ssl: tls(url),
  });
  try {
    const asked = await whatToAsk(sql, schemas);
    const began = now();
    const found = await readFindings(sql, asked);
    const checked = now();
    const probed = await probe(sql, asked);
    const done = now();
    return {
      ...await readFacts(sql, asked),
      schemas: asked.schemas,
      findings: [...found.findings, ...probed.findings],
      excused: [...found.excused, ...probed.excused],
      unseen: [...probed.unseen, ...await readUnseen(sql, asked)],
      probes: probed.probes,
      checks_ms: Math.round(checked - began),
      probes_ms: Math.round(done - checked),
    };
  } finally {
    await sql.end();
  }
}

/** As psql does it where the URL does not say: encrypted if the server can. */
function tls(url: string): "prefer" | undefined {
  return new URL(url).searchParams.has("sslmode") ? undefined : "prefer";
}

async function whatToAsk(sql: Sql, named: readonly string[]): Promise<Asked> {
  const missing = await missingSchemas(sql, named);
  if (missing.length > 0) throw new Error(`There is no schema ${missing.join(", ")} in this database.`);
  const engines = await findEngines(sql);
  const meant = engines.length > 1 ? engines.filter(({ schema }) => named.includes(schema)) : engines;
  const [engine] = meant;
  if (engines.length === 0) throw new NoSelfTest();
  if (engine === undefined || meant.length > 1) {
    const where = engines.map(({ schema }) => schema).join(", ");
    throw new Error(`There are several engines, in ${where}: name the schema of one with --schema.`);
  }
  return { ...engine, schemas: named.length > 0 ? named : [...new Set(["public", engine.schema])] };
}

async function missingSchemas(sql: Sql, schemas: readonly string[]): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name from unnest(${[...schemas]}::text[]) name where to_regnamespace(quote_ident(name)) is null`;
  return rows.map(({ name }) => name);
}

async function readFindings(sql: Sql, { helpers, schemas }: Asked) {
  // What `private.security_findings` gives, and what it leaves out, of one look.
  const rows = await sql<(Finding & { reason: string | null })[]>`
    select f.*, e.reason from ${sql(helpers)}.security_all(${[...schemas]}) f
    left join ${sql(helpers)}.security_exceptions e using (check_id, object)
    order by array_position('{error,warn,info}'::text[], level), check_id, object`;
  const findings: Finding[] = [];
  const excused: Excused[] = [];
  for (const { reason, ...finding } of rows) {
    if (reason === null) findings.push(finding);
    else excused.push({ ...finding, reason });
  }
  return { findings, excused };
}

interface Gathered {
  findings: Finding[];
  excused: Excused[];
  unseen: Unseen[];
  probes: Tried[];
}

async function probe(sql: Sql, asked: Asked): Promise<Gathered> {
  const relations = await readRelations(sql, asked);
  const reasons = await sql<{ check_id: string; object: string; reason: string }[]>`
    select check_id, object, reason from ${sql(asked.helpers)}.security_exceptions`;
  const all: Gathered = {
    findings: [],
    excused: [],
    unseen: relations.flatMap(({ name, unread }) => unread === null ? [] : [{ object: name, why: unread }]),
    probes: [],
  };
  for (const one of PROBES) {
    const { findings, unseen, tried } = await tryAll(sql, one, relations);
    all.probes.push(tried);
    all.unseen.push(...unseen);
    for (const finding of findings) {
      const { check_id, object } = finding;
      const excuse = reasons.find((row) => row.check_id === check_id && row.object === object);
      if (excuse) all.excused.push({ ...finding, reason: excuse.reason });
      else all.findings.push(finding);
    }
  }
  return all;
}

async function tryAll(sql: Sql, one: Probe, relations: readonly Relation[]) {
  const [self, other] = [crypto.randomUUID(), crypto.randomUUID()];
  const doors = relations.map((relation) => ({ relation, tries: one.tryAt(relation, { self, other }) }))
    .filter(({ tries }) => tries.length > 0);
  const answers = await makeTries(sql, one.role, self, doors.flatMap(({ tries }) => tries));
  let at = 0;
  return judge(
    one,
    doors.map(({ relation, tries }) => ({ relation, answers: answers.slice(at, at += tries.length) })),
  );
}

async function readFacts(
  sql: Sql,
  { schema, helpers, schemas }: Asked,
): Promise<Pick<Outcome, "mode" | "database" | "looked_at" | "checks">> {
  const own = sql(helpers);
  const named = [...schemas];
  const [facts] = await sql<
    (Pick<Outcome, "mode" | "checks"> & Outcome["database"] & Outcome["looked_at"])[]
  >`
    with relations as (select * from ${own}.security_relations(${named}) where place = 'api')
    select current_database() as name, split_part(current_setting('server_version'), ' ', 1) as version, current_user as role,
      (select count(*)::integer from relations where kind in ('r', 'p')) as tables,
      (select count(*)::integer from relations where kind in ('v', 'm', 'f')) as views,
      (select count(*)::integer from ${own}.security_routines(${named})) as functions,
      (select count(*)::integer from pg_policy p join ${own}.security_relations(${named}) r on r.id = p.polrelid)
        as policies,
      (select count(*)::integer from ${own}.security_checks()) as checks,
      (select case when require_agent_token then 'separate' else 'shared' end from ${
    sql(schema)
  }.agent_settings) as mode`;
  if (facts === undefined) throw new Error("Cannot read what was asked: no row came back");
  const { name, version, role, tables, views, functions, policies, checks, mode } = facts;
  return {
    mode,
    database: { name, version, role },
    looked_at: { tables, views, functions, policies },
    checks,
  };
}

/** Schemas that users may use and that are neither asked about nor the platform's, and eyes that see too little. */
async function readUnseen(sql: Sql, { helpers, schemas }: Asked): Promise<Unseen[]> {
  const rows = await sql<Unseen[]>`
    select 'schema ' || nspname as object,
      format('users may use it; if the API serves it, say --schema %s', nspname) as why
    from pg_namespace
    where nspname <> all (${[...schemas]}) and nspname <> ${helpers}
      and nspname !~ '^(pg_|supabase_)' and nspname not in ('information_schema', 'auth', 'storage', 'realtime',
        'extensions', 'graphql', 'graphql_public', 'vault', 'net', 'cron', 'pgmq', 'pgsodium')
      and (has_schema_privilege('authenticated', oid, 'usage') or has_schema_privilege('anon', oid, 'usage'))
    union all
    select 'role ' || rolname, 'row-level security holds it: it does not know what rows there are for users to get at'
    from pg_roles where rolname = current_user and not rolsuper and not rolbypassrls`;
  return [...rows];
}
