// The proof that reading is all that a read tool does: each is run with every parameter on a database whose every
// row is fingerprinted before and after, over a client that tells what it sends.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import type { Domain } from "../../../shared/tools/define_domain.ts";
import { getToolsForAgent } from "../../../shared/tools/permissions.ts";
import { API_SCHEMAS } from "../stack/our_schemas.ts";
import { database } from "../stack/stack.ts";
import { type Acting, at, type ToolUser, toolUser } from "./tool_user.ts";

export interface ReadsOnly<User extends Acting> {
  domain: Domain;
  newUser(): Promise<User>;
  /** Makes rows, and says how each read tool is called on them: with every parameter that it has. */
  calls(me: ToolUser<User>): Promise<Record<string, Json>>;
  /** Changes a row, so that the fingerprint can be seen to show it. */
  change(me: ToolUser<User>): Promise<unknown>;
}

/** The test that the read tools of a domain must pass. */
export function testReadsOnly<User extends Acting>(
  { domain, newUser, calls, change }: ReadsOnly<User>,
): void {
  Deno.test("no read tool changes a row, whatever it is asked, and each sends only GET", async (t) => {
    const sent: string[] = [];
    const watching: typeof fetch = (input, init) => {
      sent.push(init?.method ?? (input instanceof Request ? input.method : "GET"));
      return fetch(input, init);
    };
    const me = toolUser(domain, await newUser(), { fetcher: watching });
    const reads = await calls(me);
    const names = getToolsForAgent(domain.catalogue, "read_only").map((tool) => tool.name);
    assert.deepEqual(Object.keys(reads), names);

    const before = await fingerprint(me);
    for (const [name, args] of Object.entries(reads)) {
      await t.step(name, async () => {
        sent.length = 0;
        await me.ok(name, args);
        await me.ok(name, required(domain, name, args));
        assert.deepEqual(new Set(sent), new Set(["GET"]));
        assert.equal(await fingerprint(me), before);
      });
    }
    await t.step("the fingerprint would have shown a change", async () => {
      await change(me);
      assert.notEqual(await fingerprint(me), before);
    });
  });
}

/** Every row of the user's in every table. xmin changes with every update, even with one that writes the same values. */
async function fingerprint({ user }: ToolUser<Acting>): Promise<string> {
  const sql = database();
  try {
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any (${API_SCHEMAS}) and c.relkind = 'r' and exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id'
      ) order by 1`;
    assert.ok(tables.length >= 5);
    const prints = await Promise.all(tables.map(({ name }) =>
      sql.unsafe(
        `select count(*), md5(string_agg(md5(t::text || t.xmin::text), '' order by t::text)) as rows
         from ${name} as t where user_id = '${user.id}'`,
      )
    ));
    return JSON.stringify(prints);
  } finally {
    await sql.end();
  }
}

/** The same call with nothing but what the tool can't do without. */
export function required({ catalogue }: Domain, name: string, args: Json): Json {
  const names = catalogue.find((tool) => tool.name === name)?.schema.parameters.required;
  const keys = Array.isArray(names) ? names : [];
  return Object.fromEntries(keys.map((key) => [String(key), at(args, String(key)) ?? null]));
}
