// A call that is made again with its id, because nobody knows whether the first one arrived, has its effect once,
// and tells what it did; whatever happened to the rows since, and whoever else makes it at the same moment.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import type { Domain } from "../../../shared/tools/define_domain.ts";
import { database } from "../stack/stack.ts";
import { type Acting, at, type ToolUser, toolUser } from "./tool_user.ts";
import { label, likeness, ownRows, type Tables, writers } from "./own_rows.ts";

/** One way in which a write tool writes. */
export interface WriteCase<World> {
  tool: string;
  /** Told apart from the tool's other cases. */
  way: string;
  args(world: World): Json;
  /** Where the result holds the row. */
  row: string;
  /** How a call that was carried out before is told. */
  tells: RegExp;
  /** What it writes is a row that is gone: no row says which transaction it was. */
  deletes?: true;
}

export interface CallsAgain<World, User extends Acting> {
  domain: Domain;
  newUser(): Promise<User>;
  tables: Tables;
  /** Every write tool in every way in which it writes. */
  cases: readonly WriteCase<World>[];
  /** Rows for the calls to work on, made anew: whatever there was is gone. */
  newWorld(me: ToolUser<User>): Promise<World>;
  /** What the user may do to the rows between two calls. */
  meanwhile: Record<string, (me: ToolUser<User>) => Promise<{ error: unknown }[]>>;
}

/** The tests that every write tool of a domain must pass. */
export function testCallsAgain<World, User extends Acting>(
  { domain, cases, ...rest }: CallsAgain<World, User>,
): void {
  Deno.test("every write tool is called again", () => {
    const writes = domain.catalogue.filter(({ access }) => access === "write").map(({ name }) => name);
    assert.deepEqual([...new Set(cases.map(({ tool }) => tool))], writes);
  });
  for (const one of cases) testCase(domain, one, rest);
}

function testCase<World, User extends Acting>(
  domain: Domain,
  { tool, way, args, row, tells, deletes }: WriteCase<World>,
  { newUser, tables, newWorld, meanwhile }: Omit<CallsAgain<World, User>, "domain" | "cases">,
): void {
  Deno.test(`${tool} (${way}) has its effect once, however often it is called`, async (t) => {
    const me = toolUser(domain, await newUser());
    const workspace = () => ownRows(tables, me);
    /** Another process of the same user's, or one whose requests go another way. */
    const another = (fetcher = fetch) => toolUser(domain, me.user, { fetcher });
    await me.ok(tool, args(await newWorld(me)));
    const once = likeness(await workspace());

    await t.step("called again, it answers the same", async () => {
      const call = { id: crypto.randomUUID(), args: args(await newWorld(me)) };
      const first = await me.call(tool, call.args, call.id);
      assert.ok(first.ok);
      const before = await workspace();
      const again = await another().call(tool, call.args, call.id);
      assert.ok(again.ok);
      assert.deepEqual(again.data, first.data);
      assert.deepEqual(await workspace(), before);
    });

    for (const [what, happens] of Object.entries(meanwhile)) {
      await t.step(`the user ${what}: that stands, and the call tells what it did`, async () => {
        const call = { id: crypto.randomUUID(), args: args(await newWorld(me)) };
        const first = await me.ok(tool, call.args, call.id);
        for (const { error } of await happens(me)) assert.equal(error, null);
        const before = await workspace();

        const again = await another().call(tool, call.args, call.id);
        assert.ok(again.ok, again.message);
        assert.match(again.message, tells);
        assert.equal(at(again.data, `${row}.id`), at(first, `${row}.id`));
        const [now] = before.filter(({ id }) => id === at(first, `${row}.id`));
        assert.deepEqual(label(at(again.data, row)), label(now));
        assert.deepEqual(await workspace(), before);
      });
    }

    await t.step("called twice at once, both answer", async () => {
      const call = { id: crypto.randomUUID(), args: args(await newWorld(me)) };
      const rivals = [another(), another()];
      const before = await writers(tables, me, call.id);
      const [one, other] = await meeting(
        me,
        call.id,
        () => Promise.all(rivals.map((rival) => rival.ok(tool, call.args, call.id))),
      );
      assert.deepEqual(one, other);
      assert.deepEqual(likeness(await workspace()), once);
      // What is written twice alike looks alike; that one transaction wrote it does not.
      const { rows, receipt } = await writers(tables, me, call.id);
      assert.deepEqual([...rows].filter((xmin) => !before.rows.has(xmin)), deletes ? [] : [receipt]);
    });

    for (const [lost, many, pauses] of LOSSES) {
      await t.step(`${many === 1 ? `the first ${lost} is lost` : `${many} ${lost}s are lost`}`, async () => {
        const call = { id: crypto.randomUUID(), args: args(await newWorld(me)) };
        const cut = another(losing(lost, many));
        const result = await cut.call(tool, call.args, call.id);
        assert.ok(result.ok, result.message);
        assert.deepEqual(likeness(await workspace()), once);
        assert.deepEqual([cut.pauses, cut.log], [pauses, []]);
      });
    }
  });
}

/** What is lost on the way, how many times, and the pauses that it costs. A lost answer is looked up at once. */
const LOSSES = [
  ["request", 1, [100]],
  ["request", 3, [100, 200]],
  ["answer", 1, []],
  ["answer", 2, [100]],
  ["answer", 5, [100, 200]],
] as const;

/** A way to the database on which the first requests, or the answers to them, are lost. */
function losing(lost: "request" | "answer", many: number): typeof fetch {
  let left = many;
  return async (input, init) => {
    left--;
    if (left < 0) return await fetch(input, init);
    if (lost === "answer") await (await fetch(input, init)).bytes();
    throw new TypeError("connection reset");
  };
}

/** Runs calls that meet: a receipt that is not decided upon yet holds up the first, and that one the others. */
async function meeting<Result>(
  { user }: ToolUser<Acting>,
  call_id: string,
  calls: () => Promise<Result>,
): Promise<Result> {
  const sql = database();
  const undecided = new Error("rolled back");
  const results: Promise<Result>[] = [];
  try {
    await sql.begin(async (holding) => {
      await holding`insert into tool_receipts (user_id, call_id, attempt, relation, row_key)
        values (${user.id}, ${call_id}, gen_random_uuid(), 'public.none', '{}')`;
      const [{ pid } = {}] = await holding`select pg_backend_pid() as pid`;
      results.push(calls());
      for (let waiting = 0, looks = 0; waiting < 2; looks++) {
        assert.ok(looks < 20_000, `only ${waiting} of 2 calls came to wait`);
        const [{ count = 0 } = {}] = await sql`
          with recursive waiting as (
            select pid from pg_stat_activity where ${pid}::int = any (pg_blocking_pids(pid))
            union
            select a.pid from pg_stat_activity a join waiting w on w.pid = any (pg_blocking_pids(a.pid))
          )
          select count(*)::int as count from waiting`;
        waiting = count;
      }
      throw undecided;
    }).catch((error) => {
      if (error !== undecided) throw error;
    });
  } finally {
    await sql.end();
  }
  const [result] = results;
  assert.ok(result);
  return await result;
}
