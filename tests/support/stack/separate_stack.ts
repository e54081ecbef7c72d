// Auth, REST and functions on a database of their own, in mode `separate`: agents need a token that says so.
import type { Sql } from "postgres";
import { startGuard } from "../../../dev/process/guard.ts";
import { STARTED_ONCE } from "../../../dev/process/upkeep.ts";
import { startRest } from "../../../dev/rest.ts";
import { functionsWith } from "./functions.ts";
import { newPerson, type Person } from "./person.ts";
import { agentToken } from "./signed_token.ts";
import { freshDatabase, lookAt, testStack } from "./stack.ts";

export interface SeparateStack extends AsyncDisposable {
  /** The gateway's address. */
  url: string;
  sql: Sql;
  /** A user nobody else knows, with the token that the front end keeps and the one that it gives to agents. */
  newUser(): Promise<{ person: Person; agent: { token: string } }>;
}

/** Use with `await using`. */
export async function startSeparateStack(): Promise<SeparateStack> {
  await using cleanup = new AsyncDisposableStack();
  const { publishable_key, jwt_secret, parts } = testStack();
  const database = await freshDatabase();
  cleanup.defer(database.drop);
  const sql = lookAt(database.url);
  cleanup.defer(() => sql.end());
  await sql`update public.agent_settings set require_agent_token = true`;
  const guard = startGuard();
  cleanup.defer(guard.close);
  const rest = await startRest({
    ...{ database_url: database.url, publishable_key, jwt_secret, site_url: "http://localhost", guard },
    ...{ upkeep: STARTED_ONCE, log: () => {} },
    schemas: parts.schemas,
  });
  cleanup.defer(rest.stop);
  const functions = cleanup.use(await functionsWith({}, { auth_and_rest: rest.url }));
  const running = cleanup.move();
  return {
    url: functions.url,
    sql,
    async newUser() {
      const person = await newPerson({ url: functions.url, publishable_key });
      return { person, agent: { token: agentToken(person.token, jwt_secret) } };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
