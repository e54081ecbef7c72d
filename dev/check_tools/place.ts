// A REST server of our own in front of a database, and users whose tokens it takes.
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import postgres from "postgres";
import { LOCAL_PUBLISHABLE_KEY } from "../local_key.ts";
import { startGuard } from "../process/guard.ts";
import { STARTED_ONCE } from "../process/upkeep.ts";
import { startRest } from "../rest.ts";
import type { Acting, Place } from "./acting.ts";
import { inTransaction } from "./patience.ts";

/** Longer than any check takes. */
const TOKEN_SECONDS = 6 * 3_600;

export interface OpenPlace extends Place {
  /** A user whom nobody knows. They are gone when the place is closed, with all that goes with them. */
  newUser(): Promise<Acting>;
}

/** Opens it for `work`. `users`: whether they stay, for the whole database goes, or are deleted at the end. */
export async function withPlace<Result>(
  { users = "go", ...at }: Pick<Place, "database_url" | "engine" | "schema"> & { users?: "stay" | "go" },
  work: (place: OpenPlace) => Promise<Result>,
): Promise<Result> {
  await using cleanup = new AsyncDisposableStack();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const jwt_secret = `${crypto.randomUUID()}${crypto.randomUUID()}`;
  const publishable_key = LOCAL_PUBLISHABLE_KEY;
  const rest = await startRest({
    ...{ database_url: at.database_url, publishable_key, jwt_secret, site_url: "http://127.0.0.1:3000" },
    ...{ schemas: [...new Set(["public", at.schema])], upkeep: STARTED_ONCE, guard, log: () => {} },
  });
  cleanup.defer(rest.stop);
  const sql = postgres(at.database_url, { max: 1, onnotice: () => {} });
  cleanup.defer(() => sql.end());
  const made: string[] = [];
  if (users === "go") cleanup.defer(() => deleteUsers(sql, made));
  return await work({
    ...{ ...at, url: rest.url, publishable_key },
    async newUser() {
      const id = crypto.randomUUID();
      made.push(id);
      await sql`insert into auth.users (id, email) values (${id}, ${`check-${id}@example.com`})`;
      return { id, token: signed({ sub: id, role: "authenticated", aud: "authenticated" }, jwt_secret) };
    },
  });
}

/** Errors: the project's tables hold on to them, which is told with their addresses. */
async function deleteUsers(sql: postgres.Sql, ids: readonly string[]): Promise<void> {
  const gone = inTransaction(sql, (owner) => owner`delete from auth.users where id = any (${[...ids]})`);
  await gone.catch((cause) => {
    const addresses = ids.map((id) => `check-${id}@example.com`).join(", ");
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Two users stay in the database, with their rows: ${addresses} (${why})`, { cause });
  });
}

function signed(claims: object, secret: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${
    part({ ...claims, iat: now, exp: now + TOKEN_SECONDS, session_id: crypto.randomUUID() })
  }`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}
