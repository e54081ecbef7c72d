// The verdict is the strictest of what policy says: of several rules the strictest, which take the place of the
// default, and of the floors, which nothing lowers.
import assert from "node:assert/strict";
import type { Json } from "../../shared/contracts/text.ts";
import { asUser, testAsUser as test } from "./agents_calls.ts";
import { startPlan, startRun } from "./agents_runs.ts";
import { claimStep } from "./agents_steps.ts";
import { addRule, newTool, type Policy, propose } from "./policies.ts";

const ORDER: readonly Policy[] = ["allow", "ask", "deny"];
const STATUS = { allow: "approved", ask: "awaiting_approval", deny: "rejected" };
const strictest = (said: readonly Policy[]) => ORDER.findLast((policy) => said.includes(policy));

/** `max(coalesce(max(rules), default, deny), max(floors))`. */
function verdict(usual: Policy | undefined, rules: readonly Policy[], floors: readonly Policy[]): string {
  const policy = strictest([strictest(rules) ?? usual ?? "deny", ...floors]);
  return STATUS[policy ?? "deny"];
}

test(
  "every default with every rules and every floors: deny before ask before allow, rules instead of the default, floors above all",
  async (user, sql) => {
    const owned = await startRun(user);
    const rulesets: Policy[][] = [
      ...[[], ["allow"], ["ask"], ["deny"], ["allow", "ask"]] as Policy[][],
      ...[["allow", "deny"], ["deny", "ask", "allow"]] as Policy[][],
    ];
    for (const policy of [undefined, ...ORDER]) {
      for (const rules of rulesets) {
        for (const floors of [[], ["ask"], ["deny"], ["ask", "deny"]] as Policy[][]) {
          const name = await newTool(sql, { policy, floors: floors.map((policy) => ({ policy })) });
          for (const policy of rules) await addRule(sql, user, { tool_name: name, policy });
          const { status } = await propose(user, owned, name);
          assert.equal(status, verdict(policy, rules, floors), JSON.stringify([policy, rules, floors]));
        }
      }
    }
  },
);

/** Conditions, and whether each holds for arguments that are an object. */
const CONDITIONS: [string | null, (args: Record<string, Json>) => boolean][] = [
  [null, () => true],
  ["$.a", ({ a }) => a !== undefined],
  ["$.a ? (@ == 1)", ({ a }) => a === 1],
  ["$.a ? (@ > 1)", ({ a }) => typeof a === "number" && a > 1],
  ['$.b ? (@ == "x" || @ starts with "y")', ({ b }) => b === "x" || String(b).startsWith("y")],
  ["$.c.d", ({ c }) => typeof c === "object" && c !== null && "d" in c],
  ['strict $.keyvalue() ? (@.key == "b")', (args) => "b" in args],
];
const ARGUMENTS: Record<string, Json>[] = [
  {},
  { a: 1 },
  { a: 2, b: "yes" },
  { a: "1", b: "x" },
  { a: null, c: 4 },
  { b: "z", c: { d: false } },
];

test(
  "whatever rules there are, the verdict is the one of the formula and never below a floor",
  async (user, sql) => {
    const owned = await startRun(user);
    const draw = seeded(20261126);
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(draw() * items.length)] as Item;
    for (let round = 0; round < 60; round++) {
      const some = () => Array.from({ length: Math.floor(draw() * 4) }, () => pick(CONDITIONS));
      const floors = some().map((condition) => ({ condition, policy: pick(ORDER.slice(1)) }));
      const rules = some().map((condition) => ({ condition, policy: pick(ORDER) }));
      const policy = pick([undefined, ...ORDER]);
      const tool_name = await newTool(sql, {
        policy,
        floors: floors.map(({ condition: [when], policy }) => ({ policy, ...(when && { when_args: when }) })),
      });
      for (const { condition: [when_args], policy } of rules) {
        await addRule(sql, user, { tool_name, policy, when_args });
      }
      for (const args of ARGUMENTS) {
        const applying = (said: typeof rules) =>
          said.flatMap(({ condition: [, holds], policy }) => holds(args) ? [policy] : []);
        const { status } = await propose(user, owned, tool_name, args);
        const note = JSON.stringify([policy, rules, floors, args]);
        assert.equal(status, verdict(policy, applying(rules), applying(floors)), note);
        const floor = strictest(applying(floors));
        if (floor === "deny") assert.equal(status, "rejected", note);
        if (floor === "ask") assert.notEqual(status, "approved", note);
      }
    }
  },
);

test("an executor writes nothing, whatever allows the tool", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user);
  const { agent_id, thread_id } = await claimStep(user, plan_id);
  const tool_name = await newTool(sql, { policy: "allow" });
  await addRule(sql, user, { tool_name, policy: "allow" });
  const told = await propose(user, { ...owned, agent_id, thread_id }, tool_name);
  assert.equal(told.status, "rejected");
  assert.equal(told.result?.message, "This agent may only read. It was not done.");
  assert.equal((await propose(user, owned, tool_name)).status, "approved");
});

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Conditions, and what comes of arguments by each: something is found, nothing is, or it can't be followed. */
const FOLLOWED: Record<string, Record<"found" | "nothing" | "lost", Json[]>> = {
  "$.amount.double() ? (@ > 100)": {
    found: [{ amount: 500 }, { amount: "500" }, { amount: [5, 500] }, { amount: [500, "abc"] }],
    nothing: [null, [], "text", 1e300, {}, { amount: 5 }, { amount: [] }],
    lost: ["abc", "1e999", ["abc", 500], null, { a: [[[]]] }, [[500]]].map((amount) => ({ amount })),
  },
  'strict $.items[*].to ? (@ != "me")': {
    found: [{ items: [{ to: "x" }, { to: "me" }] }],
    nothing: [{ items: [{ to: "me" }] }, { items: [] }],
    lost: [null, [], "text", {}, { items: [{ a: 1 }, { to: "x" }] }, { items: [{ to: "x" }, { a: 1 }] }],
  },
  '$.a ? (@ like_regex "^a")': { found: [{ a: "ab" }], nothing: [{ a: "\u00e9" }, { a: {} }, 5], lost: [] },
  "strict $.a.b[1]": {
    found: [{ a: { b: [1, 2] } }],
    nothing: [],
    lost: [{ a: { b: [1] } }, { a: 1 }, null],
  },
};

test(
  "odd arguments raise nothing: where a condition can't be followed, what is strict applies and what is mild does not",
  async (user, sql) => {
    const owned = await startRun(user);
    for (const [when_args, cases] of Object.entries(FOLLOWED)) {
      const [denying, allowing] = [
        await newTool(sql, { policy: "allow" }),
        await newTool(sql, { policy: "ask" }),
      ];
      const floored = await newTool(sql, { policy: "allow", floors: [{ policy: "ask", when_args }] });
      await addRule(sql, user, { tool_name: denying, policy: "deny", when_args });
      await addRule(sql, user, { tool_name: allowing, policy: "allow", when_args });
      const holds = Object.entries(cases).flatMap(([what, all]) => all.map((args) => [what, args] as const));
      for (const [what, args] of holds) {
        const said = await Promise.all(
          [denying, floored, allowing].map(async (name) => (await propose(user, owned, name, args)).status),
        );
        assert.deepEqual(said, [
          what === "nothing" ? "approved" : "rejected",
          what === "nothing" ? "approved" : "awaiting_approval",
          what === "found" ? "approved" : "awaiting_approval",
        ], `${when_args} ${JSON.stringify(args)}`);
      }
    }
  },
);

test("a variable is no condition; were it there, nothing would be let through by it", async (_user, sql) => {
  const [row] = await sql`select private.is_condition('$.a.datetime() ? (@ < $x)') as sound`;
  assert.equal(row?.sound, false);
  for (const [policy, applies] of [["allow", false], ["ask", true], ["deny", true]] as const) {
    const [row] = await sql`select private.applies('$.a ? (@ == $x)', '{"a": 1}', ${policy}) as applies`;
    assert.equal(row?.applies, applies, policy);
  }
});

test("a predicate finds true or false in any arguments, so that it is no condition", async (_user, sql) => {
  const predicates = [
    '$.status == "archived"',
    "!($.a == 1)",
    "exists($.a)",
    "$.a + 1",
    '($.a starts with "b")',
  ];
  const conditions = [
    '$.status ? (@ == "archived")',
    "$",
    "$ ? (!exists(@.a))",
    '$."$x"',
    '$.a ? (@ == "$\\"")',
  ];
  for (const [paths, sound] of [[predicates, false], [conditions, true]] as const) {
    for (const path of paths) {
      const [row] = await sql`select private.is_condition(${path}::text::jsonpath) as sound`;
      assert.equal(row?.sound, sound, path);
    }
  }
});

test(
  "who is asked and who is refused is told why, and until when; a refusal is the result",
  async (user, sql) => {
    const owned = await startRun(user);
    const why = "What was shipped does not come back.";
    const name = await newTool(sql, {
      policy: "allow",
      floors: [{ policy: "ask", expires_in: "10 minutes", why }],
    });
    const asked = await propose(user, owned, name);
    assert.deepEqual(asked.why, [{ by: "floor", text: why }]);
    assert.deepEqual([asked.result, asked.remember], [null, null], "no rule lowers a floor");
    const [row] = await sql`select expires_at - asked_at as time, result, finished_at
    from agent_tool_calls where id = ${asked.id}`;
    assert.match(row?.time, /^00:(10:00|09:59)/);
    assert.deepEqual([row?.result, row?.finished_at], [null, null]);

    const usual = await propose(user, owned, await newTool(sql, { policy: "ask" }));
    const [{ time } = {}] = await sql`select expires_at - asked_at > interval '23:59:59' as time
    from agent_tool_calls where id = ${usual.id}`;
    assert.equal(time, true, "a day");

    const unknown = await propose(user, owned, `unheard_${crypto.randomUUID()}`);
    assert.equal(unknown.status, "rejected");
    assert.equal(unknown.result?.error, "not_allowed");
    assert.match(unknown.result?.message ?? "", /may not be used\. It was not done\.$/);
    const [refused] = await sql`select result, error, duration_ms, finished_at is not null as ended
    from agent_tool_calls where id = ${unknown.id}`;
    assert.deepEqual({ ...refused }, {
      result: unknown.result,
      error: "not_allowed",
      duration_ms: 0,
      ended: true,
    });
  },
);

test(
  "what was declined is not asked again in the same run; with other arguments, or in another run, it is",
  async (user, sql) => {
    const [owned, other] = [await startRun(user), await startRun(user)];
    const name = await newTool(sql, { policy: "ask" });
    const first = await propose(user, owned, name, { a: 1, b: 2 });
    await sql`update agent_tool_calls set status = 'rejected', error = 'declined' where id = ${first.id}`;
    const again = await propose(user, owned, name, { b: 2, a: 1 });
    assert.equal(again.status, "rejected");
    assert.deepEqual(again.result, {
      ...{ ok: false, error: "rejected", message: "The user has declined this before. It was not done." },
    });
    assert.equal((await propose(user, owned, name, { a: 1, b: 3 })).status, "awaiting_approval");
    assert.equal((await propose(user, other, name, { a: 1, b: 2 })).status, "awaiting_approval");
    await addRule(sql, user, { tool_name: name, policy: "allow" });
    assert.equal((await propose(user, owned, name, { a: 1, b: 2 })).status, "rejected", "whatever rules say");
  },
);

const amr = (...entries: unknown[]) => ({ amr: entries });
const PROVEN = 1_800_000_000;

test("fresh is who has used a second factor since", async (user, sql) => {
  const cases: [claims: object, fresh: boolean][] = [
    [amr({ method: "totp", timestamp: PROVEN + 1 }), true],
    [
      amr({ method: "password", timestamp: PROVEN + 9 }, { method: "mfa/webauthn", timestamp: PROVEN + 1 }),
      true,
    ],
    [amr({ method: "mfa/phone", timestamp: PROVEN + 1 }), true],
    [amr({ method: "totp", timestamp: PROVEN }), false],
    [amr({ method: "totp", timestamp: PROVEN - 1 }), false],
    [amr({ method: "password", timestamp: PROVEN + 1 }), false],
    [amr({ method: "oauth_provider/authorization_code", timestamp: PROVEN + 1 }), false],
    [amr({ method: "totp", timestamp: String(PROVEN + 1) }, { method: "totp" }, "totp", null, 5), false],
    [{ amr: "totp" }, false],
    [{}, false],
  ];
  for (const [claims, fresh] of cases) {
    const answer = await asUser(sql, user.id, async (transaction) => {
      const all = JSON.stringify({ sub: user.id, role: "authenticated", ...claims });
      await transaction`select set_config('request.jwt.claims', ${all}, true)`;
      const [row] = await transaction`select private.is_fresh(to_timestamp(${PROVEN})) as fresh`;
      return [row?.fresh];
    });
    assert.deepEqual(answer, [fresh], JSON.stringify(claims));
  }
});
