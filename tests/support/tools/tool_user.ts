// Tools as a real user's agents get them: on the test stack's database, through supabase-js, under RLS, with the
// read-only client for the reads. The clock stands at NOW, a Sunday.
import assert from "node:assert/strict";
import {
  type Acting,
  type ActingOptions,
  type ActingTools,
  actingTools,
} from "../../../dev/check_tools/acting.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import type { ToolErrorKind } from "../../../shared/contracts/tool_result.ts";
import type { Domain } from "../../../shared/tools/define_domain.ts";
import type { TestUser } from "../stack/stack.ts";
import { ownPlace } from "./own_place.ts";

export { type Acting, impatientClock, type LogEntry, NOW } from "../../../dev/check_tools/acting.ts";
export type ToolUserOptions = ActingOptions;

export const NOBODYS_ID = "99999999-9999-4999-8999-999999999999";

export interface ToolUser<User = TestUser> extends ActingTools {
  user: User;
  /** The data of a call that must succeed. The call's id is new unless it is given. */
  ok(name: string, args: Json, call_id?: string): Promise<Json>;
  /** What a call that must fail says. */
  fails(name: string, args: Json): Promise<{ error: ToolErrorKind; message: string }>;
}

/** A user with all tools of a domain. */
export function toolUser<User extends Acting>(
  domain: Domain,
  user: User,
  options: ToolUserOptions = {},
): ToolUser<User> {
  const tools = actingTools(ownPlace(), domain, user, options);
  const { call, log } = tools;
  return {
    ...tools,
    user,
    async ok(name, args, call_id) {
      const result = await call(name, args, call_id);
      assert.ok(result.ok, `${name}: ${result.message} ${JSON.stringify(log, describe)}`);
      return result.data;
    },
    async fails(name, args) {
      const result = await call(name, args);
      assert.ok(!result.ok, `${name} succeeded: ${result.message}`);
      return { error: result.error, message: result.message };
    },
  };
}

/** The value at a path such as `tasks.0.title`; undefined where there is none. */
export function at(value: Json | undefined, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return inner !== null && typeof inner === "object" ? inner[key] : undefined;
  }, value);
}

/** The text at a path. Fails the test where there is none. */
export function text(value: Json, path: string): string {
  const found = at(value, path);
  assert.ok(typeof found === "string", `no text at ${path} in ${JSON.stringify(value)}`);
  return found;
}

/** One field of every item of a list, in order. */
export function each(value: Json, list: string, field: string): (Json | undefined)[] {
  const items = at(value, list);
  assert.ok(Array.isArray(items), `no list at ${list} in ${JSON.stringify(value)}`);
  return items.map((item) => at(item, field));
}

function describe(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
