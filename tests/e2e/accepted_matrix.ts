// Runs that were accepted, and then something fails: whoever obeys what it is told has the effect once.
import assert from "node:assert/strict";
import type { Script } from "../support/models/script.ts";
import { scriptModel } from "../support/models/script.ts";
import type { FailingApi } from "../support/stack/failing_api.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { obey, type Told } from "./obedient_caller.ts";

/** Where a run stands when the failure begins. */
const MOMENTS = ["before the write", "after the write"] as const;
type Moment = typeof MOMENTS[number];

interface Cell {
  name: string;
  user: TestUser;
  script: Script;
  body: Record<string, unknown>;
}

export interface Tally {
  cells: number;
  effects_twice: number;
  effects_missing: number;
  errors: number;
  errors_without_run_id: number;
  told_to_send_again: number;
}

async function openCell(moment: Moment, stream: boolean): Promise<Cell> {
  const user = await newUser();
  const script = await scriptModel(user.id, [
    {
      tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }],
      ...(moment === "before the write" && { hold: "here" }),
      // A model call that was lost is made again.
      times: "any",
      when: { last: "user" },
    },
    {
      text: "Written down.",
      ...(moment === "after the write" && { hold: "here" }),
      times: "any",
      when: { last: "tool" },
    },
  ]);
  const body = { message: "Write Milk down", stream };
  return { name: `${stream ? "stream" : "no stream"}, ${moment}`, user, script, body };
}

/** All moments and ways to read at once: `fail` begins when every run is at its moment. */
export async function midRun(
  { api, base, fail }: { api: FailingApi; base: string; fail(api: FailingApi): Promise<void> },
): Promise<Tally> {
  const cells = await Promise.all(
    MOMENTS.flatMap((moment) => [true, false].map((stream) => openCell(moment, stream))),
  );
  const signIn = () => api.recover();
  const obeying = cells.map(({ user, body }) => obey(user, { base, body, signIn }));
  await Promise.all(cells.map(({ script }) => script.reached("here")));
  const failing = fail(api);
  await Promise.all(cells.map(({ script }) => script.release("here")));
  const told = await Promise.all(obeying);
  await failing;
  return await tallied(cells, told);
}

/** The answer to the start is lost after it was committed, and then `fail` goes on. */
export async function atStart(
  { api, base, fail }: { api: FailingApi; base: string; fail(api: FailingApi): Promise<void> },
): Promise<Tally> {
  const cells = await Promise.all([true, false].map((stream) => openCell("after the write", stream)));
  const signIn = () => api.recover();
  await Promise.all(cells.map(({ script }) => script.release("here")));
  api.fail("loses_answers", "/start_run");
  const obeying = cells.map(({ user, body }) => obey(user, { base, body, signIn }));
  await api.met(cells.length);
  const failing = fail(api);
  const told = await Promise.all(obeying);
  await failing;
  return await tallied(cells, told);
}

/** The message was sent again with a token that has expired: that is about no run. */
function isRefusedAtTheDoor({ code, asked, run_id }: Told): boolean {
  return code === 401 && asked === "message" && run_id === undefined;
}

async function tallied(cells: Cell[], told: Told[][]): Promise<Tally> {
  const sql = database();
  const tally = {
    cells: cells.length,
    effects_twice: 0,
    effects_missing: 0,
    errors: 0,
    errors_without_run_id: 0,
    told_to_send_again: 0,
  };
  try {
    for (const [i, { user, script, name }] of cells.entries()) {
      const errors = (told[i] ?? []).filter((one) => !isRefusedAtTheDoor(one));
      const books = await sql`select id from books where user_id = ${user.id}`;
      const runs = await sql`select status from agent_runs where user_id = ${user.id}`;
      assert.deepEqual(runs.map(({ status }) => status), ["completed"], name);
      if (books.length > 1) tally.effects_twice++;
      if (books.length === 0) tally.effects_missing++;
      tally.errors += errors.length;
      tally.errors_without_run_id += errors.filter(({ run_id }) => run_id === undefined).length;
      tally.told_to_send_again += errors.filter((one) =>
        one.asked === "message" && one.retryable && one.status !== "unknown"
      ).length;
      for (const { status, message, asked } of errors) {
        assert.ok(status, `${name}: ${message}`);
        if (asked === "message" && status === "running") {
          assert.match(message, /goes on.*GET \/runs\/:id/, name);
        }
      }
      await script.end();
    }
  } finally {
    await sql.end();
  }
  return tally;
}

/** Throws unless nothing was done twice or not at all, and every error said which run it was about. */
export function assertSound(tally: Tally): void {
  const { cells: _cells, errors: _errors, ...faults } = tally;
  assert.deepEqual(faults, {
    effects_twice: 0,
    effects_missing: 0,
    errors_without_run_id: 0,
    told_to_send_again: 0,
  }, JSON.stringify(tally));
}
