// A person decides on a call once, on what they were shown and while it can be made; the call moves with the decision.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { asUser, refusalOf, refused, testAsUser as test, type User } from "./agents_calls.ts";
import { inThePast, log, runRow } from "./agents_rows.ts";
import { claimRun, finishRun, lease, startRun } from "./agents_runs.ts";
import { ask, type Asked, callRow, decision, expire, park, preview } from "./approvals.ts";

const NEXT = [{ table: "public.loans", op: "delete", key: { id: "1" }, row: { id: "1" } }];

const decide = (user: User, run_id: string, ...decisions: object[]) =>
  user.call("decide_tool_calls", [run_id, decisions]);
const refusedDecision = (user: User, run_id: string, ...decisions: object[]) =>
  refused(user, "decide_tool_calls", [run_id, decisions]);

/** Adds a decision by hand, past the function; what it is answered. */
async function byHand(sql: Sql, user: User, row: Record<string, unknown>, headers = {}): Promise<string> {
  try {
    return await asUser(sql, user.id, async (own) => {
      await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
      await own`insert into public.approval_decisions ${own(row)}`;
      return "ok";
    });
  } catch (error) {
    return `${refusalOf(error).code} ${refusalOf(error).message}`;
  }
}
const row = (call: Asked, more = {}) => ({
  call_id: call.id,
  approved: true,
  shown_sha256: call.arguments_sha256,
  ...more,
});

test("an approval lets the call be made, once it is the last the run goes on", async (user, sql) => {
  const owned = await startRun(user);
  const [one, other] = [await ask(user, sql, owned), await ask(user, sql, owned, { arguments: { n: 2 } })];
  await park(user, owned);
  assert.deepEqual(await decide(user, owned.run_id, decision(one)), { open: [other.id] });
  assert.equal((await callRow(sql, one)).status, "approved");
  assert.equal(await refused(user, "claim_run", [owned.run_id, 60]), "PT409 run_awaits_approval");
  assert.deepEqual(await decide(user, owned.run_id, decision(other)), { open: [] });
  const claimed = await claimRun(user, owned.run_id);
  assert.deepEqual(
    (claimed.open_calls as { id: string; status: string; decision: unknown }[]).map((call) => [
      ...[call.id, call.status, call.decision],
    ]),
    [one, other].map(({ id }) => [id, "approved", {
      ...{ approved: true, edited: false, reason: null, by: "user" },
    }]),
  );
  assert.equal((await runRow(sql, owned.run_id, "status")).status, "running");
});

test("a refusal is the call's result, with the person's reason, and only that call's", async (user, sql) => {
  const owned = await startRun(user);
  const [one, other] = [await ask(user, sql, owned), await ask(user, sql, owned, { arguments: { n: 2 } })];
  await decide(user, owned.run_id, decision(one, { approved: false, reason: "Not this one" }));
  const { status, error, result, duration_ms } = await callRow(sql, one);
  assert.deepEqual({ status, error, result, duration_ms }, {
    ...{ status: "rejected", error: "declined", duration_ms: 0 },
    result: {
      ...{ ok: false, error: "rejected" },
      message: "The user declined this. It was not done. Their reason: Not this one",
    },
  });
  assert.equal((await callRow(sql, other)).status, "awaiting_approval");
  const { tool_calls } = await user.call("get_run", [owned.run_id]) as {
    tool_calls: Record<string, unknown>[];
  };
  const shown = tool_calls.map(({ decision }) => decision as Record<string, unknown> | null);
  assert.deepEqual(shown.map((given) => given && [given.approved, given.reason]), [
    [false, "Not this one"],
    null,
  ]);
});

test("what was declined is not asked again in its run, other arguments are", async (user, sql) => {
  const owned = await startRun(user);
  const first = await ask(user, sql, owned);
  await decide(user, owned.run_id, decision(first, { approved: false }));
  await assert.rejects(ask(user, sql, owned), /does not wait for a person/);
  await ask(user, sql, owned, { arguments: { loan_id: "2" } });
});

test("edited arguments are made, those proposed stay, and the hash is theirs", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await preview(sql, user, call, NEXT);
  const effects = [{ ...NEXT[0], key: { id: "2" } }];
  await decide(user, owned.run_id, decision(call, { arguments: { loan_id: "2" }, effects }));
  const found = await callRow(sql, call);
  assert.deepEqual([found.status, found.arguments, found.proposed_arguments, found.effects], [
    ...["approved", { loan_id: "2" }, { loan_id: "1" }, effects],
  ]);
  const [hash] =
    await sql`select arguments_sha256 = encode(sha256(convert_to(arguments::text, 'UTF8')), 'hex') as own,
    arguments_sha256 <> ${call.arguments_sha256} as other from agent_tool_calls where id = ${call.id}`;
  assert.deepEqual({ ...hash }, { own: true, other: true });
  const same = await ask(user, sql, owned, { arguments: { n: 2 } });
  await decide(user, owned.run_id, decision(same, { arguments: { n: 2 } }));
  const { arguments: made, proposed_arguments } = await callRow(sql, same);
  assert.deepEqual(
    { made, proposed_arguments },
    { made: { n: 2 }, proposed_arguments: null },
    "that is no edit",
  );
});

test(
  "an edit is bound by effects, as the call that it was made of; the same arguments are no edit",
  async (user, sql) => {
    const owned = await startRun(user);
    const call = await ask(user, sql, owned);
    await preview(sql, user, call, NEXT);
    const edit = decision(call, { arguments: { loan_id: "2" } });
    assert.equal(await refusedDecision(user, owned.run_id, edit), "PT409 other_effects");
    for (const edited of [{ loan_id: "1" }, { loan_id: "2" }]) {
      assert.equal(await byHand(sql, user, row(call, { edited: sql.json(edited) })), "PT409 other_effects");
    }
    const same = row(call, { edited: sql.json({ loan_id: "1" }), effects: sql.json(NEXT) });
    assert.equal(await byHand(sql, user, same), "ok");
  },
);

test("a call is decided once, whoever decides it a second time", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await decide(user, owned.run_id, decision(call, { approved: false }));
  for (const approved of [true, false]) {
    assert.equal(
      await refusedDecision(user, owned.run_id, decision(call, { approved })),
      "PT409 decided_already",
    );
  }
  assert.equal(await byHand(sql, user, row(call)), "PT409 decided_already");
  const twice = await ask(user, sql, owned, { arguments: { n: 2 } });
  assert.equal(
    await refusedDecision(user, owned.run_id, decision(twice), decision(twice)),
    "PT409 decided_already",
  );
  assert.equal((await callRow(sql, twice)).status, "awaiting_approval", "all of them count, or none");
});

test("a decision is on the arguments and the effects that were shown", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  const other = { ...call, arguments_sha256: "0".repeat(64) };
  assert.equal(await refusedDecision(user, owned.run_id, decision(other)), "PT409 other_arguments");
  assert.equal(await byHand(sql, user, row(other)), "PT409 other_arguments");
  await preview(sql, user, call, NEXT);
  for (const effects of [[], null, [{ ...NEXT[0], op: "insert" }]]) {
    const answer = await refusedDecision(user, owned.run_id, decision(call, { effects }));
    assert.equal(answer, "PT409 other_effects", JSON.stringify(effects));
  }
  assert.equal(await byHand(sql, user, row(call)), "PT409 other_effects");
  await decide(user, owned.run_id, decision(call, { effects: NEXT }));
  const later = await ask(user, sql, owned, { arguments: { n: 2 } });
  await preview(sql, user, later, NEXT);
  await decide(user, owned.run_id, decision(later));
  const [stored] = await sql`select effects from approval_decisions where call_id = ${later.id}`;
  assert.deepEqual(stored?.effects, NEXT, "left out, they are those of the call");
});

test(
  "a write is approved once it is known what it would change, or why that is not; it may be declined before",
  async (user, sql) => {
    const owned = await startRun(user);
    const call = await ask(user, sql, owned);
    await inThePast(sql, (past) => past`update agent_tool_calls set problem = null where id = ${call.id}`);
    assert.deepEqual(await user.call("open_approvals", []), []);
    assert.equal(await refusedDecision(user, owned.run_id, decision(call)), "PT409 not_shown_yet");
    assert.equal(await byHand(sql, user, row(call)), "PT409 not_shown_yet");
    await decide(user, owned.run_id, decision(call, { approved: false }));
  },
);

test("nothing is decided after its time, after a cancel, or once its run has ended", async (user, sql) => {
  const owned = await startRun(user);
  const late = await ask(user, sql, owned);
  await expire(sql, late);
  assert.equal(await refusedDecision(user, owned.run_id, decision(late)), "PT409 approval_expired");
  assert.equal(await byHand(sql, user, row(late)), "PT409 approval_expired");
  const call = await ask(user, sql, owned, { arguments: { n: 2 } });
  await user.call("cancel_run", [owned.run_id]);
  assert.equal(await refusedDecision(user, owned.run_id, decision(call)), "PT409 cancel_requested");
  const ended = await startRun(user);
  const open = await ask(user, sql, ended);
  await finishRun(user, ended);
  assert.equal(await refusedDecision(user, ended.run_id, decision(open)), "PT409 run_not_running");
  assert.equal(await byHand(sql, user, row(open)), "PT409 run_not_running");
});

test(
  "a call that asks nothing has nothing to decide, and a run decides on its own calls",
  async (user, sql) => {
    const [owned, other] = [await startRun(user), await startRun(user)];
    const allowed = { id: crypto.randomUUID(), arguments_sha256: "" };
    const create = { ...{ id: allowed.id, tool_name: "create_book", arguments: {} } };
    await assert.rejects(ask(user, sql, owned, create), /does not wait/);
    assert.equal(await refusedDecision(user, owned.run_id, decision(allowed)), "PT409 call_not_open");
    const call = await ask(user, sql, owned);
    assert.equal(await refusedDecision(user, other.run_id, decision(call)), "PT404 call");
    assert.equal(
      await refusedDecision(user, owned.run_id, decision({ ...call, id: crypto.randomUUID() })),
      "PT404 call",
    );
    assert.equal(await refusedDecision(user, crypto.randomUUID(), decision(call)), "PT404 run");
    assert.equal(await refused(user, "decide_tool_calls", [owned.run_id, decision(call)]), "PT400 decisions");
  },
);

test("no agent decides: not by the function, not by hand, whatever its client is", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  for (const headers of [{ "x-agent": "1" }, { "x-tool-call-id": call.id }]) {
    assert.match(await byHand(sql, user, row(call), headers), /^42501 /);
    const answer = await asUser(sql, user.id, async (own) => {
      await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
      await own`select public.decide_tool_calls(${owned.run_id}, ${own.json([decision(call)] as never)})`;
      return "ok";
    }).catch((error) => `${refusalOf(error).code} ${refusalOf(error).message}`);
    assert.equal(answer, "PT403 not_for_agents");
  }
  assert.equal((await callRow(sql, call)).status, "awaiting_approval");
});

test("a decision says what it is on and what it is, and nothing less", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  const whole: Record<string, unknown> = decision(call);
  for (const field of Object.keys(whole)) {
    const { [field]: _, ...less } = whole;
    for (const told of [less, { ...whole, [field]: null }]) {
      const answer = await refusedDecision(user, owned.run_id, told);
      assert.match(answer, /^(PT404 call|PT409 other_arguments|23502 .*)$/, field);
    }
  }
  for (
    const [field, value] of [["approved", "perhaps"], ["scope", "for ever"], ["tool_call_id", "1"]] as const
  ) {
    assert.match(await refusedDecision(user, owned.run_id, { ...whole, [field]: value }), /^22P02 /, field);
  }
  assert.match(
    await refusedDecision(user, owned.run_id, { ...whole, reason: "x".repeat(2_001) }),
    /^23514 /,
  );
  assert.equal((await callRow(sql, call)).status, "awaiting_approval");
});

test("a refusal needs no effects, edits nothing and is for once", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await preview(sql, user, call, NEXT);
  for (const more of [{ arguments: {} }, { scope: "always" }]) {
    assert.match(
      await refusedDecision(user, owned.run_id, decision(call, { approved: false, ...more })),
      /^23514 /,
    );
  }
  assert.equal(await byHand(sql, user, row(call, { approved: false })), "ok");
  assert.equal((await callRow(sql, call)).error, "declined");
});

test("a decision may come while the run works, and costs it nothing", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await decide(user, owned.run_id, decision(call));
  assert.equal(await park(user, owned), null, "nothing is open any more");
  assert.deepEqual(await runRow(sql, owned.run_id, "status, released"), {
    status: "running",
    released: true,
  });
  assert.deepEqual(await log(sql, owned.run_id), [[1, "session"]]);
  await claimRun(user, owned.run_id);
  assert.equal(await refused(user, "heartbeat_run", lease(owned)), "PT412 lease_lost");
});

test(
  "what waits for the user is listed over all sessions, until it is decided or can't be",
  async (user, sql) => {
    const [first, second, third] = [await startRun(user), await startRun(user), await startRun(user)];
    const one = await ask(user, sql, first);
    const other = await ask(user, sql, second, { arguments: { n: 2 } });
    const late = await ask(user, sql, second, { arguments: { n: 3 } });
    const cancelled = await ask(user, sql, third);
    await expire(sql, late);
    await user.call("cancel_run", [third.run_id]);
    const listed = await user.call("open_approvals", []) as Record<string, unknown>[];
    const { why, expires_at, ...more } = listed[0] ?? {};
    assert.deepEqual(more, {
      ...{ run_id: first.run_id, session_id: first.session_id, tool_call_id: one.id, name: "cancel_loan" },
      ...{ arguments: { loan_id: "1" }, arguments_sha256: one.arguments_sha256, effects: null },
      problem: "Not to be tried.",
      ...(more.remember === undefined ? {} : { remember: more.remember }),
    });
    assert.ok(Array.isArray(why) && typeof expires_at === "string");
    assert.deepEqual(listed.map(({ tool_call_id }) => tool_call_id), [one.id, other.id]);
    await decide(user, first.run_id, decision(one));
    await decide(user, second.run_id, decision(other, { approved: false }));
    assert.deepEqual(await user.call("open_approvals", []), []);
    assert.equal((await callRow(sql, cancelled)).status, "awaiting_approval");
  },
);
