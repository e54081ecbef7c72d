// Several first messages of one chat at the same moment, each on a connection of its own.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { addUser, refusalOf } from "./agents_calls.ts";
import { startArguments } from "./agents_runs.ts";

const AT_ONCE = 4;

/** As many tries, each with a user of its own. */
export async function firstPosts(sql: Sql, tries: number): Promise<void> {
  for (let n = 0; n < tries; n++) {
    const user = await addUser(sql);
    const posts = Array.from(
      { length: AT_ONCE },
      () =>
        user.call("start_run", startArguments({ client_id: "chat-1" })).then(
          () => "started",
          (error) => refusalOf(error).message,
        ),
    );
    const told = (await Promise.all(posts)).toSorted();
    assert.deepEqual(told, [...Array(AT_ONCE - 1).fill("run_unfinished"), "started"], `try ${n}`);
    const sessions = await sql`select client_id from chat_sessions where user_id = ${user.id}`;
    assert.deepEqual(sessions.map((row) => row.client_id), ["chat-1"]);
  }
}
