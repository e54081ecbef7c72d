// Tools as a real user's agents get them: on the test stack's database, through supabase-js, under RLS, with the
// read-only client for the reads. The clock stands at NOW, a Sunday.
import assert from "node:assert/strict";
import type { Clock } from "../../../shared/async/clock.ts";
import type { Toolbox, ToolOutcome, ToolSource } from "../../../shared/agents/ports.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import type { ToolErrorKind } from "../../../shared/contracts/tool_result.ts";
import {
  createEngineClient,
  createPreviewDb,
  createReadOnlyDb,
  createWriteDb,
} from "../../../shared/db/clients.ts";
import { ids } from "../../../shared/db/ids.ts";
import { createIsUndoable, createReceiptOf } from "../../../shared/db/receipts.ts";
import type { Domain } from "../../../shared/tools/define_domain.ts";
import { createToolSource } from "../../../shared/tools/toolbox.ts";
import { testStack, type TestUser } from "../stack/stack.ts";
import { propose } from "./proposed_call.ts";

export const NOW = new Date("2026-11-22T12:00:00Z");
export const NOBODYS_ID = "99999999-9999-4999-8999-999999999999";

export interface LogEntry {
  message: string;
  details: Record<string, unknown>;
}

/** Whose rights a toolbox has. */
export interface Acting {
  id: string;
  token: string;
}

export interface ToolUser<User = TestUser> {
  user: User;
  source: ToolSource;
  /** All of its tools. */
  toolbox: Toolbox;
  log: LogEntry[];
  /** How long the toolbox wanted to wait before it tried again, each time, in milliseconds. */
  pauses: number[];
  /** The data of a call that must succeed. The call's id is new unless it is given. */
  ok(name: string, args: Json, call_id?: string): Promise<Json>;
  /** What a call that must fail says. */
  fails(name: string, args: Json): Promise<{ error: ToolErrorKind; message: string }>;
  call(name: string, args: Json, call_id?: string): Promise<ToolOutcome>;
}

export interface ToolUserOptions {
  time_zone?: string;
  fetcher?: typeof fetch;
  now?: Date;
}

/** A user with all tools of a domain. */
export function toolUser<User extends Acting>(
  { catalogue, refusals }: Domain,
  user: User,
  { time_zone = "UTC", fetcher = fetch, now = NOW }: ToolUserOptions = {},
): ToolUser<User> {
  const log: LogEntry[] = [];
  const pauses: number[] = [];
  const source = createToolSource({
    lease_seconds: 15,
    catalogue,
    refusals,
    read_db: createReadOnlyDb(testStack(), user.token, fetcher),
    write_db: (attempt) => createWriteDb(testStack(), user.token, fetcher, attempt),
    preview_db: (attempt) => createPreviewDb(testStack(), user.token, fetcher, attempt),
    receiptOf: createReceiptOf(createEngineClient(testStack(), user.token, fetcher)),
    isUndoable: createIsUndoable(createEngineClient(testStack(), user.token, fetcher)),
    user_id: user.id,
    clock: impatientClock(now, pauses),
    ids,
    log: { error: (message, details) => void log.push({ message, details }) },
  });
  const names = catalogue.map((tool) => tool.name);
  const toolbox = source.open({ permission: "read_write", names, time_zone });
  const writes = new Set(catalogue.filter(({ access }) => access === "write").map(({ name }) => name));
  const call = async (name: string, args: Json, call_id: string = crypto.randomUUID()) => {
    if (writes.has(name)) await propose(user, { id: call_id, name, arguments: args });
    return await toolbox.dispatch({ call_id, name, arguments: args });
  };
  return {
    user,
    source,
    toolbox,
    log,
    pauses,
    call,
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

/** A clock that begins at `start`, and on which every pause is over at once: its time moves on by no other way. */
export function impatientClock(start: Date, pauses: number[]): Clock {
  let now = start.getTime();
  return {
    now: () => now,
    after(ms, fn) {
      pauses.push(ms);
      now += ms;
      queueMicrotask(fn);
      return () => {};
    },
  };
}

function describe(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
