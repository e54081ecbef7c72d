// The engine in a schema of its own, as texts. Its SQL names everything as `public.x` or `private.x`, so that another
// schema is a matter of replacing the two; TypeScript knows one constant and one key of the generated types.

/** Where the engine's own SQL stands: what the API serves, and the helpers. */
const SERVED = "public";
const HELPERS = "private";

/** Tables of a project's own that comments of the engine's SQL show as examples. They are wherever that project's are. */
export const EXAMPLES: readonly string[] = ["orders", "mails"];

/** A name of the helpers may be one that `format` completes. */
const PREFIX = /\b(public|private)\.(?=([a-z_]\w*)|(?<=private\.)%)/g;
const HELPERS_SCHEMA = /\bschema (if not exists )?private\b/g;

/** The schema of the helpers of an engine in `schema`. */
export function helpersOf(schema: string): string {
  return schema === SERVED ? HELPERS : `${schema}_${HELPERS}`;
}

/** A migration of the engine for an engine in `schema`. In `public` it is what it was. */
export function moveEngineSql(sql: string, schema: string): string {
  return moved(sql, schema, (name) => !EXAMPLES.includes(name));
}

/**
 * A domain's migration, written for an engine in `public`, beside an engine in `schema`: what the engine makes is
 * moved, and so is the domain's part of the helpers' schema. `names` are the engine's, as engineNames gives them.
 */
export function moveDomainSql(sql: string, schema: string, names: ReadonlySet<string>): string {
  return moved(sql, schema, (name) => names.has(name));
}

function moved(sql: string, schema: string, isServed: (name: string) => boolean): string {
  return sql
    .replaceAll(PREFIX, (prefix, place, name) => {
      if (place === HELPERS) return `${helpersOf(schema)}.`;
      return isServed(name) ? `${schema}.` : prefix;
    })
    .replaceAll(HELPERS_SCHEMA, (_, condition = "") => `schema ${condition}${helpersOf(schema)}`);
}

/** What the engine's migrations make in the schema that the API serves: `schema`, where they have been moved. */
export function engineNames(migrations: Iterable<string>, schema = SERVED): Set<string> {
  const made = new RegExp(
    `\\bcreate (?:or replace )?(?:table|view|type|function|sequence) ${schema}\\.(\\w+)`,
    "g",
  );
  return new Set([...migrations].flatMap((sql) => [...sql.matchAll(made)].map(([, name = ""]) => name)));
}

/** What comes before the engine's first migration; nothing in `public`, which every database has. */
export function schemaPrelude(schema: string): string {
  if (schema === SERVED) return "";
  return `-- What agents keep stands in a schema of its own, which the API serves.
create schema ${schema};
revoke all on schema ${schema} from public;
grant usage on schema ${schema} to authenticated, service_role;
`;
}

/** shared/db/schema.ts for an engine in `schema`. */
export function moveConstant(source: string, schema: string): string {
  return replaceAllOf(source, `ENGINE_SCHEMA = "${SERVED}"`, `ENGINE_SCHEMA = "${schema}"`, "ENGINE_SCHEMA");
}

/** shared/db/engine.types.ts for an engine in `schema`. */
export function moveTypes(source: string, schema: string): string {
  return replaceAllOf(source, `"${SERVED}"`, `"${schema}"`, "the key of the types");
}

/** A project's config.toml, whose API serves `schema` as well. Its text stays as it is but for that. */
export function moveConfig(config: string, schema: string): string {
  const list = /^(\s*schemas\s*=\s*\[[^\]]*?),?\s*\]/m;
  if (schema === SERVED) return config;
  if (!list.test(config)) {
    throw new Error("Cannot add to [api] schemas of config.toml: there is no such line");
  }
  return config.replace(list, (_, begun) => `${begun}, "${schema}"]`);
}

function replaceAllOf(source: string, from: string, to: string, what: string): string {
  if (!source.includes(from)) throw new Error(`Cannot move ${what}: there is no ${from}`);
  return source.replaceAll(from, to);
}
