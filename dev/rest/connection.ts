// The database side of the REST API. Lite's own connection grants every right on every table when it starts
// and sets no request context outside of functions; this one does per request what PostgREST does, and never
// touches a grant.
import { AsyncLocalStorage } from "node:async_hooks";
import { PostgresConnection } from "@supabase/lite/postgres";
import { z } from "zod";
import { systemClock } from "../../shared/async/system_clock.ts";
import { begunInTime } from "./begun_in_time.ts";
import { withPostgrestStatus } from "./database_errors.ts";
import { jsonArguments } from "./json_arguments.ts";
import type { Claims } from "./user_token.ts";

/** The request that is being answered, for `request.method` and its siblings. */
export interface RequestContext {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** The schema that it asks for, by its header or as the first that is served; undefined for what is not REST's. */
  profile: string | undefined;
  /** What the user's token says, if there is a valid one. */
  claims: Claims | undefined;
  /** Whom the database sees; set when the token has been read. */
  role: string;
  /** What the statements say in `response.headers`; the package listens to functions alone. */
  answer_headers: [name: string, value: string][];
}

export const currentRequest: AsyncLocalStorage<RequestContext> = new AsyncLocalStorage();

const Vars = z.object({
  auth: z.object({ role: z.string(), jwt: z.record(z.string(), z.unknown()).nullable() }),
});

const Headers = z.array(z.record(z.string(), z.string()));

/** Columns of composite keys that tell whose a row is. */
const BINDING = new Set(["user_id", "run_id"]);

const EXACT = new Set(["int8", "bigint", "numeric", "decimal"]);

function withExactType<Column extends { pg_type?: string }>(column: Column): Column {
  return EXACT.has(column.pg_type ?? "") ? { ...column, pg_type: `pg_catalog.${column.pg_type}` } : column;
}

type WithContext = PostgresConnection["withContext"];

type Introspect = PostgresConnection["introspect"];

type Known = Awaited<ReturnType<Introspect>>;

export class RequestConnection extends PostgresConnection {
  /**
   * Text that is written into a bigint or a numeric goes to the database as it is: the package would make it a number of
   * JavaScript's, which has fewer digits. It knows these types by their short names only.
   *
   * The package embeds by one column of a composite key. Those that name the user, and the run, only bind the row
   * that the other one means. And it finds relations by their bare names: of several schemas, a request sees its own.
   */
  override async introspect(...options: Parameters<Introspect>): ReturnType<Introspect> {
    const known = await super.introspect(...options);
    const ownColumn = known.foreign_keys.filter(({ ref_column }) => !BINDING.has(ref_column));
    const columns = known.columns.map(withExactType);
    return inSchema(currentRequest.getStore()?.profile, { ...known, foreign_keys: ownColumn, columns });
  }

  /** Runs one API request as one transaction: the caller's role and claims, read only where HTTP says so. */
  override async withContext<T>(
    vars: Parameters<WithContext>[0],
    work: (db: Parameters<Parameters<WithContext>[1]>[0]) => Promise<T>,
  ): Promise<T> {
    const { role, jwt } = Vars.parse(vars).auth;
    const request = currentRequest.getStore();
    if (!request) throw new Error("A query outside of a request has no role to run as.");
    request.role = role;
    // Before there is a transaction: nothing within one may wait for another connection of the pool.
    const is_read_only = await this.isReadOnly(request);
    return await begunInTime((begun) =>
      this.kysely.transaction().execute(async (db) => {
        const settings: Record<string, string> = {
          role,
          search_path: searchPath(request.profile),
          "request.jwt.claims": JSON.stringify(jwt ?? { role }),
          "request.method": request.method,
          "request.path": request.path,
          "request.headers": JSON.stringify(request.headers),
          "response.status": "",
          "response.headers": "",
          // Whatever keeps the next statement from coming, what has been locked is let go.
          idle_in_transaction_session_timeout: "30s",
        };
        if (is_read_only) settings.transaction_read_only = "on";
        await db.selectNoFrom((eb) =>
          Object.entries(settings).map(([name, value], index) =>
            eb.fn("set_config", [eb.val(name), eb.val(value), eb.lit(true)]).as(`s${index}`)
          )
        ).execute();
        begun();
        const result = await work(db.withPlugin(jsonArguments));
        if (request.method !== "GET" && request.method !== "HEAD" && !request.path.includes("/rpc/")) {
          const said = await db.selectNoFrom((eb) =>
            eb.fn<string | null>("current_setting", [eb.val("response.headers"), eb.lit(true)]).as("headers")
          ).executeTakeFirst();
          request.answer_headers = Headers.parse(JSON.parse(said?.headers || "[]")).flatMap(Object.entries);
        }
        return result;
      }), systemClock).catch((error) => {
        // What was done is undone, at the commit at the latest.
        request.answer_headers = [];
        throw error;
      });
  }

  override normalizeDbError(error: unknown): ReturnType<PostgresConnection["normalizeDbError"]> {
    return withPostgrestStatus(error, currentRequest.getStore()?.role ?? "anon");
  }

  /** As PostgREST: GET and HEAD always, POST for functions that say that they write nothing. */
  private async isReadOnly({ method, path }: RequestContext): Promise<boolean> {
    if (method === "GET" || method === "HEAD") return true;
    const name = /\/rpc\/([^/]+)$/.exec(path)?.[1];
    if (name === undefined) return false;
    const { functions = [] } = await this.introspect({ useCache: true });
    const named = functions.filter((known) => known.name === name);
    return named.length > 0 && named.every(({ volatility }) => volatility !== "v");
  }
}

/** What a request for this schema may name: relations of it, keys within it, functions of it. */
function inSchema(profile: string | undefined, known: Known): Known {
  if (profile === undefined) return known;
  const isOwn = ({ schema }: { schema?: string }) => schema === profile;
  return {
    ...known,
    tables: known.tables.filter(isOwn),
    columns: known.columns.filter(isOwn),
    views: known.views.filter(isOwn),
    primary_keys: known.primary_keys.filter(isOwn),
    foreign_keys: known.foreign_keys.filter((key) => isOwn(key) && targetOf(key) === profile),
    functions: known.functions?.filter(isOwn),
    default_schema: profile,
  };
}

/** The schema that a key leads to. Of a table's own key only its text tells, unless that is on the usual path. */
function targetOf({ ref_schema, fk_def }: Known["foreign_keys"][number]): string {
  const [, quoted, plain] = /\bREFERENCES (?:"((?:[^"]|"")+)"|(\w+))\.["\w]/.exec(fk_def) ?? [];
  return ref_schema ?? quoted?.replaceAll('""', '"') ?? plain ?? "public";
}

/** As PostgREST: the schema that is asked for, then what config.toml adds, which is the CLI's default here. */
function searchPath(profile: string | undefined): string {
  const schemas = new Set([profile ?? "public", "public", "extensions"]);
  return [...schemas].map((schema) => `"${schema.replaceAll('"', '""')}"`).join(", ");
}
