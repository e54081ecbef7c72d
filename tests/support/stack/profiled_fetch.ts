// Requests to the REST API as a front end sends them that knows where what lies: the engine's tables and functions in
// the engine's schema, everything else in `public`.
import { engineNames } from "../../../dev/schema/move_schema.ts";
import { ENGINE_SCHEMA } from "../../../shared/db/schema.ts";
import { ENGINE_SQL } from "./engine_migrations.ts";

const names = engineNames(ENGINE_SQL.map(({ text }) => text), ENGINE_SCHEMA);

/** `fetch` with the schema of what is asked for. */
export const profiledFetch: typeof fetch = (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  const [, name = ""] = /\/rest\/v1\/(?:rpc\/)?(\w+)/.exec(url) ?? [];
  if (!names.has(name)) return fetch(input, init);
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set("accept-profile", ENGINE_SCHEMA);
  headers.set("content-profile", ENGINE_SCHEMA);
  return fetch(input, { ...init, headers });
};
