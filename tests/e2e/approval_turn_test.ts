// The calls of one turn that wait for a person, from the question to the answer, over HTTP and on a real database.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { scriptModel } from "../support/models/script.ts";
import { toldResults } from "../support/models/told_results.ts";
import { decisionOn, sendDecisions } from "../support/stack/asking.ts";
import { assertContract, eventsOfType, readTurn, typesOf } from "../support/stack/calling.ts";
import { askedOn, askedRun, decide, readOn } from "../support/stack/deciding.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(() => sql.end());

/** Their ids, as the database makes them. */
async function loans(user: TestUser, ...borrowers: string[]): Promise<number[]> {
  const { data, error } = await user.client.from("loans").insert(borrowers.map((borrower) => ({ borrower })))
    .select("id").order("id");
  if (error) throw error;
  return data.map(({ id }) => id);
}

const borrowers = async (user: TestUser) =>
  (await user.client.from("loans").select("borrower").order("borrower")).data?.map(({ borrower }) =>
    borrower
  );

const cancel = (loan_id = 0) => ({ name: "cancel_loan", arguments: { loan_id } });

async function checked(events: RunEvent[]) {
  assertContract(events);
  await checkInvariants(sql, events[0]?.run_id ?? "", { streamed: events });
}

test("a call that is asked about waits, and is made once it is approved, as it was shown", async () => {
  const user = await newUser();
  const [id] = await loans(user, "Ada", "Ben");
  await using script = await scriptModel(user.id, [
    { text: "I cancel it.", tool_calls: [cancel(id)] },
    { text: "It is cancelled." },
  ]);
  const run = await askedRun(user);
  assert.deepEqual(typesOf(run.events).slice(-3), ["tool_call", "approval_required", "run_paused"]);
  const [approval] = run.approvals;
  assert.deepEqual([approval?.name, approval?.arguments, approval?.why.map(({ by }) => by)], [
    "cancel_loan",
    { loan_id: id },
    ["default"],
  ]);
  const [effect, ...others] = approval?.effects ?? [];
  assert.deepEqual([effect?.op, effect?.table, effect?.key, others], ["delete", "public.loans", {
    id: String(id),
  }, []]);
  assert.deepEqual(await borrowers(user), ["Ada", "Ben"], "nothing has happened");
  const [row] = await sql`select status, released, lease_expires_at <= clock_timestamp() as over
    from agent_runs where id = ${run.run_id}`;
  assert.deepEqual({ ...row }, { status: "awaiting_approval", released: true, over: true });

  await decide(user, run, {});
  const events = await readOn(user, run);
  await checked(events);
  assert.deepEqual(typesOf(events.slice(run.events.length)), [
    "approval_decided",
    "tool_result",
    "text",
    "done",
  ]);
  const [decided] = eventsOfType(events, "approval_decided");
  assert.deepEqual([decided?.approved, decided?.edited, decided?.by], [true, false, "user"]);
  assert.deepEqual(await borrowers(user), ["Ben"]);
  assert.equal((await script.requests()).length, 2, "no model call was made twice");
});

test("of two calls of one turn, asked about together, one is approved and one declined; the model reads both", async () => {
  const user = await newUser();
  const [ada, ben] = await loans(user, "Ada", "Ben");
  await using script = await scriptModel(user.id, [
    { tool_calls: [cancel(ada), cancel(ben)] },
    { text: "One of them." },
  ]);
  const run = await askedRun(user);
  assert.equal(eventsOfType(run.events, "approval_required").length, 1);
  assert.equal(run.approvals.length, 2);
  await decide(user, run, { approved: false, reason: "Ada needs it" }, {});
  await checked(await readOn(user, run));
  assert.deepEqual(await borrowers(user), ["Ada"]);
  const [declined, approved] = toldResults((await script.requests())[1]);
  assert.match(
    declined ?? "",
    /"error":"rejected".*The user declined this\. It was not done\..*Ada needs it/,
  );
  assert.match(approved ?? "", /"ok":true/);
});

test("an allowed write behind a call that waits keeps its place; some may be decided before the others", async () => {
  const user = await newUser();
  const [ada, ben] = await loans(user, "Ada", "Ben");
  await using script = await scriptModel(user.id, [
    { tool_calls: [cancel(ada), { name: "create_loan", arguments: { borrower: "Cleo" } }, cancel(ben)] },
    { text: "Done." },
  ]);
  const run = await askedRun(user);
  assert.deepEqual(run.approvals.map((one) => one.arguments), [{ loan_id: ada }, { loan_id: ben }]);
  assert.deepEqual(await borrowers(user), ["Ada", "Ben"], "what is allowed waits for its place");
  await decide(user, run, null, {});
  assert.deepEqual(await borrowers(user), ["Ada", "Ben"], "nothing goes on while one is open");
  await decide(user, run, {});
  const events = await readOn(user, run);
  await checked(events);
  assert.deepEqual(await borrowers(user), ["Cleo"]);
  const results = eventsOfType(events, "tool_result").map(({ tool_call_id }) => tool_call_id);
  const [first, last] = run.approvals.map(({ tool_call_id }) => tool_call_id);
  assert.deepEqual([results[0], results[2], results.length], [first, last, 3], "in the order of the calls");
  assert.equal(toldResults((await script.requests())[1]).length, 3);
});

test("arguments that the person has changed are those that count, and the model is told of them", async () => {
  const user = await newUser();
  const [ada, ben] = await loans(user, "Ada", "Ben");
  await using script = await scriptModel(user.id, [{ tool_calls: [cancel(ada)] }, { text: "Ben's, then." }]);
  const run = await askedRun(user);
  const edit = decisionOn(run.approvals[0], { arguments: { loan_id: ben ?? 0 } });
  const rest = await readTurn(await sendDecisions(user, run.run_id, [edit]));
  const events = [...run.events, ...rest.events];
  await checked(events);
  const [decided] = eventsOfType(events, "approval_decided");
  assert.deepEqual([decided?.edited, decided?.arguments], [true, { loan_id: ben }]);
  assert.deepEqual(await borrowers(user), ["Ada"]);
  const [result] = toldResults((await script.requests())[1]);
  assert.ok(result?.startsWith(`{"arguments_used":{"loan_id":${ben}}`), result);
  assert.match(result ?? "", /The user changed the arguments\./);
  const [row] =
    await sql`select arguments, proposed_arguments from agent_tool_calls where run_id = ${run.run_id}`;
  assert.deepEqual({ ...row }, { arguments: { loan_id: ben }, proposed_arguments: { loan_id: ada } });
});

test("a call that was declined and is made again is refused without asking; with other arguments it is asked about", async () => {
  const user = await newUser();
  const [ada, ben] = await loans(user, "Ada", "Ben");
  await using script = await scriptModel(user.id, [
    { tool_calls: [cancel(ada)] },
    { tool_calls: [cancel(ada)] },
    { tool_calls: [cancel(ben)] },
    { text: "Neither, then." },
  ]);
  const run = await askedRun(user);
  await decide(user, run, { approved: false, reason: "no" });
  const again = await askedOn(user, run);
  assert.equal(
    eventsOfType(again.events, "approval_required").length,
    2,
    "the same again is not asked about",
  );
  assert.deepEqual(again.approvals.map((one) => one.arguments), [{ loan_id: ben }]);
  const refused = toldResults((await script.requests())[2]).at(-1);
  assert.match(refused ?? "", /"error":"rejected".*declined/);
  await decide(user, again, { approved: false });
  await checked(await readOn(user, again));
  assert.deepEqual(await borrowers(user), ["Ada", "Ben"]);
});

test("what the tool itself refuses is not asked about: the model reads the tool's sentence", async () => {
  const user = await newUser();
  const [ada] = await loans(user, "Ada");
  await using script = await scriptModel(user.id, [
    { tool_calls: [cancel(1_000_000_000), cancel(ada)] },
    { text: "Done." },
  ]);
  const run = await askedRun(user);
  assert.deepEqual(run.approvals.map((one) => one.arguments), [{ loan_id: ada }]);
  await decide(user, run, {});
  await checked(await readOn(user, run));
  assert.match(toldResults((await script.requests())[1])[0] ?? "", /"error":"not_found"/);
});

test("a row that has changed since it was shown is shown again; when that happens twice more, the model is told", async () => {
  const user = await newUser();
  const [ada] = await loans(user, "Ada");
  await using script = await scriptModel(user.id, [{ tool_calls: [cancel(ada)] }, {
    text: "It keeps changing.",
  }]);
  let run = await askedRun(user);
  for (const notes of ["one", "two", "three"]) {
    await user.client.from("loans").update({ notes }).eq("id", ada ?? 0);
    await decide(user, run, {});
    if (notes === "three") break;
    run = await askedOn(user, run);
    const [effect] = run.approvals[0]?.effects ?? [];
    assert.equal(effect?.op === "delete" && effect.row.notes, notes, "it is shown as it is now");
  }
  const events = await readOn(user, run);
  await checked(events);
  assert.deepEqual(await borrowers(user), ["Ada"]);
  assert.equal(eventsOfType(events, "approval_required").length, 3);
  assert.match(toldResults((await script.requests())[1])[0] ?? "", /"error":"stale"/);
});

test("a question that nobody answers in time is answered by that: whoever comes next has the run go on", async () => {
  const user = await newUser();
  const [ada] = await loans(user, "Ada");
  await using script = await scriptModel(user.id, [{ tool_calls: [cancel(ada)] }, { text: "Not in time." }]);
  const run = await askedRun(user);
  await sql`update agent_tool_calls set expires_at = clock_timestamp() where run_id = ${run.run_id}`;
  const events = await readOn(user, run);
  await checked(events);
  const [decided] = eventsOfType(events, "approval_decided");
  assert.deepEqual([decided?.approved, decided?.by], [false, "expired"]);
  assert.match(toldResults((await script.requests())[1])[0] ?? "", /Nobody approved this in time/);
  assert.deepEqual(await borrowers(user), ["Ada"]);
});

test("a run that is cancelled while it waits ends as cancelled, and what was asked about is not done", async () => {
  const user = await newUser();
  const [ada] = await loans(user, "Ada");
  await using _ = await scriptModel(user.id, [{ tool_calls: [cancel(ada)] }]);
  const run = await askedRun(user);
  const { error } = await user.client.rpc("cancel_run", { p_run_id: run.run_id });
  assert.equal(error, null);
  const events = await readOn(user, run);
  await checked(events);
  const last = events.at(-1);
  assert.equal(last?.type === "done" && last.status, "cancelled");
  assert.deepEqual(await borrowers(user), ["Ada"]);
});
