// One case on the stack: a user of its own, with the workspace and the rows from outside, whose model does all that
// they tell it to.
import type { Sql } from "postgres";
import { pseudonym } from "../../shared/llm/sending/pseudonym.ts";
import { addTurns, takeScript } from "../support/models/model_script.ts";
import { chat } from "../support/stack/calling.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { attempt } from "./attempts.ts";
import type { Case, Said } from "./corpus.ts";
import { importRows, setDesk, snapshot, withIds } from "./desk.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

export interface Ran {
  outcome: Outcome;
  /** The statuses of what was tried afterwards. */
  answers: number[];
}

/** Runs the case until its run has ended, or waits for the user, and tries what is to be tried then. */
export async function runCase(sql: Sql, one: Case): Promise<Ran> {
  const user = await newUser();
  const names = await setDesk(sql, user.id);
  await importRows(user.token, one.rows, names);
  const before = await snapshot(sql, user.id);
  if (one.before) {
    await scriptedTurn(
      user,
      withIds(one.before, names),
      () => chat(user, { message: one.before?.message ?? "" }),
    );
  }
  let session_id: string | null = null;
  for (const said of one.session) {
    const { state } = await scriptedTurn(
      user,
      withIds(said, names),
      () => chat(user, { message: said.message, ...(session_id && { session_id }) }),
    );
    session_id = state.session_id;
  }
  const [context_type, entity_id] = withIds(one.focus ?? [], names);
  const body = {
    message: one.message,
    ...(session_id && { session_id }),
    ...(context_type && { context_type, entity_id }),
  };
  return await scriptedTurn(user, withIds(one, names), async () => {
    const { state: { run_id } } = await chat(user, body);
    const answers: number[] = [];
    for (const attempted of one.then) answers.push(await attempt({ sql, user, run_id, names }, attempted));
    return { outcome: await outcomeOf(sql, { user_id: user.id, run_id, before, names }), answers };
  });
}

/** What happens while the model has a script; turns that a pause has left are taken away with it. */
async function scriptedTurn<Result>(
  user: TestUser,
  { script }: Said,
  work: () => Promise<Result>,
): Promise<Result> {
  const { model_url } = testStack();
  const name = pseudonym(user.id);
  await addTurns(model_url, name, script);
  const result = await work();
  const { unexpected } = await takeScript(model_url, name);
  if (unexpected.length > 0) {
    throw new Error(
      `The model was asked what its script does not know: ${JSON.stringify(unexpected[0]).slice(-2_000)}`,
    );
  }
  return result;
}
